// info(v, {selector}): adds to each series the data labels of the info series with the same instance and job.
//
//   1. which info series: the selector's __name__ matchers (none: target_info; only negative ones: also .+_info) and its other
//      matchers, looked at as of the time at which v's own samples were read
//   2. at every step, per info metric, the series with the newest sample counts
//   3. its labels (all, or those the selector names) are added, never replacing one of v's
//
// A series of v that is an info series itself passes through. Where a matcher asks for a label that no info series has, v's
// sample is dropped.
#pragma once

#include "common/promql/ast.h"
#include "common/promql/operators/query_state.h"
#include "common/promql/operators/vector_operator.h"

namespace epi::promql {

Result<VectorOperatorPtr> BuildInfo(QueryState* query, const Call& call, const StepGrid& grid);

}  // namespace epi::promql
