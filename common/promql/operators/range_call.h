// A call of a function over ranges: a kernel run over the windows of every series of a range selector or subquery.
#pragma once

#include "common/promql/ast.h"
#include "common/promql/operators/query_state.h"
#include "common/promql/operators/vector_operator.h"

namespace epi::promql {

// REQUIRES: FindRangeFunction(call.function->name), or absent_over_time, which is taken as present_over_time.
Result<VectorOperatorPtr> BuildRangeCall(QueryState* query, const Call& call, const StepGrid& grid);

}  // namespace epi::promql
