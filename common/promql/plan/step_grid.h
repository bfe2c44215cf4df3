// StepGrid: the times at which an expression is evaluated.
//
// Units:    Unix milliseconds, both ends inclusive. end_ms is the last step: start_ms + k * step_ms.
// Contract: an instant query is one step with step_ms 1.
#pragma once

#include <cstddef>
#include <cstdint>

namespace epi::promql {

struct StepGrid {
  int64_t start_ms = 0;
  int64_t end_ms = 0;
  int64_t step_ms = 1;
  // Begin and end, as asked for, are the same time: then evaluation keeps an order of elements.
  bool one_time = true;

  // The grid start, start + step, … up to the last one not after `end_ms`. Empty when end is before start.
  // REQUIRES: step_ms > 0.
  static StepGrid Make(int64_t start_ms, int64_t end_ms, int64_t step_ms) {
    if (end_ms < start_ms) return {start_ms, start_ms - step_ms, step_ms, false};
    return {start_ms, start_ms + (end_ms - start_ms) / step_ms * step_ms, step_ms, end_ms == start_ms};
  }
  static StepGrid Instant(int64_t t_ms) { return {t_ms, t_ms, 1}; }

  size_t steps() const { return static_cast<size_t>((end_ms - start_ms) / step_ms + 1); }
  int64_t TimeAt(size_t step) const { return start_ms + static_cast<int64_t>(step) * step_ms; }
  friend bool operator==(const StepGrid&, const StepGrid&) = default;
};

}  // namespace epi::promql
