// How much rate(), increase() and delta() scale the change between a window's first and last sample, to estimate the change
// over the whole window.
//
//   left ├──── to start ────┤first ──── sampled ──── last├── to end ──┤ right
//
// An edge that is close (less than 1.1 average sample distances) is taken as reached by the series; a farther one is extended to
// by half an average distance. A counter never reaches back beyond the time at which it would have been zero.
#pragma once

#include <cstddef>
#include <cstdint>

namespace epi::promql {

// Seconds, remembered: regular series have the same distances at every step, and divisions are what a step costs.
class RememberedSeconds {
 public:
  double Of(int64_t ms) {
    if (ms != ms_) {
      ms_ = ms;
      seconds_ = static_cast<double>(ms) / 1000;
    }
    return seconds_;
  }

 private:
  int64_t ms_ = 0;
  double seconds_ = 0;
};

class Extrapolation {
 public:
  struct Window {
    int64_t left_ms = 0;
    int64_t right_ms = 0;
    int64_t first_ms = 0;  // Of the first real sample.
    int64_t last_ms = 0;
    size_t samples = 0;
    // The counter is known to have started here (left_ms < start_ms < first_ms); 0: not known.
    int64_t start_ms = 0;
    bool is_counter = false;
    double first_value = 0;
    double change = 0;  // Between first (or start) and last.
  };

  double Factor(const Window& window) {
    const double average = Average(window);
    const double threshold = average * 1.1;
    const double sampled = sampled_.Of(window.last_ms - (window.start_ms != 0 ? window.start_ms : window.first_ms));
    double to_start = window.start_ms != 0 ? 0 : to_start_.Of(window.first_ms - window.left_ms);
    double to_end = to_end_.Of(window.right_ms - window.last_ms);
    if (to_start >= threshold) to_start = window.start_ms != 0 ? 0 : average / 2;
    if (window.is_counter && window.start_ms == 0 && window.change > 0 && window.first_value >= 0) {
      // Most counters are far from zero: that takes no division to see.
      const bool far = window.first_value * sampled > window.change * to_start * 1.0001;
      const double to_zero = far ? to_start : sampled * (window.first_value / window.change);
      if (to_zero < to_start) to_start = to_zero;
    }
    if (to_end >= threshold) to_end = average / 2;
    return (sampled + to_start + to_end) / sampled;
  }

 private:
  // Seconds between samples; 0 for a single one.
  double Average(const Window& window) {
    const int64_t distance_ms = window.last_ms - window.first_ms;
    if (distance_ms != average_distance_ms_ || window.samples != average_samples_) {
      average_distance_ms_ = distance_ms;
      average_samples_ = window.samples;
      average_ = window.samples > 1 ? static_cast<double>(distance_ms) / 1000 / static_cast<double>(window.samples - 1) : 0;
    }
    return average_;
  }

  RememberedSeconds sampled_;
  RememberedSeconds to_start_;
  RememberedSeconds to_end_;
  int64_t average_distance_ms_ = 0;
  size_t average_samples_ = 0;
  double average_ = 0;
};

}  // namespace epi::promql
