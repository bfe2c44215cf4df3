// label_replace and label_join: new labels for every series, worked out once. Series that become equal are merged.
#pragma once

#include "common/promql/ast.h"
#include "common/promql/operators/query_state.h"
#include "common/promql/operators/vector_operator.h"

namespace epi::promql {

Result<VectorOperatorPtr> BuildLabelReplace(QueryState* query, const Call& call, const StepGrid& grid);
Result<VectorOperatorPtr> BuildLabelJoin(QueryState* query, const Call& call, const StepGrid& grid);

}  // namespace epi::promql
