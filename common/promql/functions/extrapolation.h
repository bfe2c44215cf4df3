// How much rate(), increase() and delta() scale the change between a window's first and last sample, to estimate the change
// over the whole window.
//
//   left ├──── to start ────┤first ──── sampled ──── last├── to end ──┤ right
//
// An edge that is close (at most 1.1 average sample distances) is taken as reached by the series; a farther one is extended to
// by half an average distance. A counter never reaches back beyond the time at which it would have been zero.
#pragma once

#include <cstdint>

namespace epi::promql {

struct Extrapolation {
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

  double Factor() const {
    const double average = samples > 1 ? Seconds(last_ms - first_ms) / static_cast<double>(samples - 1) : 0;
    const double threshold = average * 1.1;
    const double sampled = Seconds(last_ms - (start_ms != 0 ? start_ms : first_ms));
    double to_start = start_ms != 0 ? 0 : Seconds(first_ms - left_ms);
    double to_end = Seconds(right_ms - last_ms);
    if (to_start >= threshold) to_start = start_ms != 0 ? 0 : average / 2;
    if (is_counter && start_ms == 0 && change > 0 && first_value >= 0) {
      const double to_zero = sampled * (first_value / change);
      if (to_zero < to_start) to_start = to_zero;
    }
    if (to_end >= threshold) to_end = average / 2;
    return (sampled + to_start + to_end) / sampled;
  }

 private:
  static double Seconds(int64_t ms) { return static_cast<double>(ms) / 1000; }
};

}  // namespace epi::promql
