// sum_over_time and avg_over_time of native histograms.
#pragma once

#include "common/promql/functions/range_function.h"

namespace epi::promql {

enum class HistogramTotal : uint8_t { kSum, kMean };

// Writes the step's value. Leaves it absent, with a warning, when the window mixes floats and histograms or histograms of
// exponential and custom buckets. REQUIRES: the window has histograms.
void SumHistogramsOverTime(RangeRun* run, const RangeFrame& frame, HistogramTotal total);

}  // namespace epi::promql
