// Extrapolation of rate(), increase() and delta() for many steps at once, a column per quantity.
//
// Contract: to the bit what Extrapolation (extrapolation.h) gives for counters without known start times, step by step.
// Units:    milliseconds, as doubles; results of rate are per second.
#pragma once

#include <array>
#include <cstddef>

namespace epi::promql {

// Of each window with two samples at least.
struct RateColumns {
  static constexpr size_t kSteps = 128;
  using Values = std::array<double, kSteps>;

  Values first_value;
  Values change;       // Between first and last sample, resets corrected.
  Values sampled_ms;   // Between first and last sample; > 0.
  Values to_start_ms;  // Between the left edge and the first sample.
  Values to_end_ms;
  Values gaps;         // Samples - 1; > 0.
};

struct RateKind {
  bool counter = false;
  bool per_second = false;
};

// Writes the results of the first `steps` columns to `out`.
void ExtrapolateColumns(const RateColumns& columns, size_t steps, RateKind kind, double range_seconds, double* out);

}  // namespace epi::promql
