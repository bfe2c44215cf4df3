// What the functions of the rate family share.
#pragma once

#include "common/promql/functions/range_function.h"

namespace epi::promql {

// The counter's start when it lies inside the window, before its first sample; else 0.
int64_t CounterStart(int64_t start_ms, int64_t first_ms, int64_t left_ms);

// The info that a metric does not look like a counter, if it does not.
void AddNonCounterInfo(const RangeRun& run);

}  // namespace epi::promql
