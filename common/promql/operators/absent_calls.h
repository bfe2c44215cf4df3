// absent and absent_over_time: one series with value 1 at the steps at which no input series has a value.
#pragma once

#include "common/promql/ast.h"
#include "common/promql/operators/query_state.h"
#include "common/promql/operators/vector_operator.h"

namespace epi::promql {

Result<VectorOperatorPtr> BuildAbsent(QueryState* query, const Call& call, const StepGrid& grid);

}  // namespace epi::promql
