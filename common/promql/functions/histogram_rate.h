// rate, increase and delta of native histograms.
//
//   1. the first sample's layout does not count when a reset follows it: then the base is an empty histogram
//   2. last sample minus base, plus the sample before every later reset, at the coarsest resolution of the window
//   3. extrapolate as for floats, by the observation count
#pragma once

#include <deque>

#include "common/promql/functions/range_function.h"

namespace epi::promql {

// Which pairs of neighbouring histograms have a counter reset in between; each pair is looked at once.
class HistogramResets {
 public:
  void Scan(const HistogramWindow& window);
  // Between window samples i - 1 and i. REQUIRES: scanned; i > 0.
  bool Before(const HistogramWindow& window, size_t i) const { return resets_[window.first + i - first_]; }
  bool OverlapIn(const HistogramWindow& window) const { return last_overlap_ > window.first; }

 private:
  std::deque<bool> resets_;  // [i]: before the sample of absolute number first_ + i.
  size_t first_ = 0;
  size_t last_overlap_ = 0;
};

struct RateMode {
  bool is_counter = false;
  bool per_second = false;
};

class HistogramRate {
 public:
  HistogramRate(RangeRun* run, RateMode mode) : run_(run), mode_(mode) {}
  // REQUIRES: the window has histograms and no floats.
  void Step(const RangeFrame& frame);

 private:
  // False (with a warning) when the window's histograms do not go together.
  bool CheckWindow(const HistogramWindow& window, bool skip_first) const;
  // Null (with a warning) when they do not.
  std::shared_ptr<series::FloatHistogram> Change(const HistogramWindow& window, bool from_zero);

  RangeRun* const run_;
  const RateMode mode_;
  HistogramResets resets_;
};

}  // namespace epi::promql
