// Start times of counters: what the created timestamps of two neighbouring samples say about a reset between them.
//
//   start == 0 or start >= time      unknown
//   start >  previous time           a new life
//   start == previous time           a delta, if the previous sample had a start time of its own; else unknown start
//   start <  previous time           the same life; if it differs from the previous start, the series contradicts itself
#pragma once

#include <cstdint>

namespace epi::promql {

inline bool IsValidStart(int64_t start_ms, int64_t t_ms) { return start_ms != 0 && start_ms < t_ms; }

inline bool StartSaysReset(int64_t previous_t_ms, int64_t previous_start_ms, int64_t t_ms, int64_t start_ms) {
  if (!IsValidStart(start_ms, t_ms)) return false;
  if (start_ms > previous_t_ms) return true;
  return start_ms == previous_t_ms && IsValidStart(previous_start_ms, previous_t_ms);
}

inline bool StartOverlaps(int64_t previous_t_ms, int64_t previous_start_ms, int64_t start_ms) {
  return start_ms != 0 && start_ms < previous_t_ms && start_ms != previous_start_ms;
}

}  // namespace epi::promql
