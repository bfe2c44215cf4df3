// SlidingTotal: totals of a sliding window that can be merged but not subtracted (compensated sums, variances).
//
//   window   first ──────────── middle ──────────── end
//            suffix totals, each   │  one running total
//            from i up to middle   │
//
// 1. Samples that enter are added to the running total.
// 2. A window's total is the suffix total at its first sample merged with the running total.
// 3. When the window has passed the middle, the middle moves to its end and the suffix totals are computed anew.
//
// Every sample is added twice at most, however wide the window: constant cost per step and sample.
#pragma once

#include <vector>

#include "common/promql/operators/sample_feed.h"

namespace epi::promql {

// Windows shorter than this are cheaper (and closest to Prometheus' order of additions) when added up directly.
inline constexpr size_t kSlidingWindowMin = 64;

// Total has Add(double) and Merge(const Total&), and is empty when default-constructed.
template <typename Total>
class SlidingTotal {
 public:
  Total Of(const FloatWindow& window) {
    const size_t end = window.first + window.size;
    // After a jump there may be samples between the middle and the window that were never seen.
    if (window.first >= middle_ || window.first < first_) Rebuild(window);
    for (; end_ < end; ++end_) running_.Add(window.values[end_ - window.first]);
    Total total = suffixes_[middle_ - 1 - window.first];
    total.Merge(running_);
    return total;
  }

 private:
  void Rebuild(const FloatWindow& window) {
    first_ = window.first;
    middle_ = end_ = window.first + window.size;
    running_ = Total();
    suffixes_.clear();
    Total total;
    for (size_t i = window.size; i-- > 0;) {
      total.Add(window.values[i]);
      suffixes_.push_back(total);
    }
  }

  std::vector<Total> suffixes_;  // [k]: of the k + 1 samples before middle_.
  Total running_;                // Of [middle_, end_).
  size_t first_ = 0;
  size_t middle_ = 0;
  size_t end_ = 0;
};

}  // namespace epi::promql
