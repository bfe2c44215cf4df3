// Smoothed instant selector: the value between the samples around t, both within the lookback distance. Carried forward from the
// last sample where none follows.
#pragma once

#include "common/promql/ast.h"
#include "common/promql/operators/query_state.h"
#include "common/promql/operators/vector_operator.h"

namespace epi::promql {

Result<VectorOperatorPtr> MakeSmoothedSelector(QueryState* query, const VectorSelector& selector, const StepGrid& grid);

}  // namespace epi::promql
