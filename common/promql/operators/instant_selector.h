// Instant selector: the newest sample of each series in (t - lookback, t], at every step.
//
// A stale marker as newest sample means: no value. Also answers what timestamp() and start_timestamp() want to know about those
// samples. Smoothed selectors (smoothed_selector.h) interpolate instead.
#pragma once

#include "common/promql/ast.h"
#include "common/promql/operators/query_state.h"
#include "common/promql/operators/vector_operator.h"

namespace epi::promql {

enum class SampleAspect : uint8_t {
  kValue,
  kTimestamp,       // Seconds, as a float.
  kStartTimestamp,  // Likewise; 0 when unknown.
};

// With another aspect than the value the metric name is dropped like by any function.
Result<VectorOperatorPtr> MakeInstantSelector(QueryState* query, const VectorSelector& selector, const StepGrid& grid,
                                              SampleAspect aspect);

}  // namespace epi::promql
