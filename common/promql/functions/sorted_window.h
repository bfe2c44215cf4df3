// SortedWindow: the values of a sliding window, in order.
//
// What leaves the window is taken out and what enters is put in, each by binary search and one move of memory; when most of the
// window is new, all of it is sorted anew.
#pragma once

#include <span>
#include <vector>

#include "common/promql/operators/sample_feed.h"

namespace epi::promql {

class SortedWindow {
 public:
  // NaN sorts lowest. The span lives until the next call. Windows only move forward.
  std::span<const double> Of(const FloatWindow& window);

 private:
  void Remove(double value);
  void Insert(double value);

  std::vector<double> window_;  // In order of time.
  std::vector<double> sorted_;
  size_t first_ = 0;  // Absolute number of window_'s first sample.
};

}  // namespace epi::promql
