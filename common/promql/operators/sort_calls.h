// sort, sort_desc, sort_by_label, sort_by_label_desc. They order an instant query's answer; a range query's is always sorted by
// labels, so there they only warn.
#pragma once

#include "common/promql/ast.h"
#include "common/promql/operators/query_state.h"
#include "common/promql/operators/vector_operator.h"

namespace epi::promql {

bool IsSortCall(std::string_view name);
Result<VectorOperatorPtr> BuildSort(QueryState* query, const Call& call, const StepGrid& grid);

}  // namespace epi::promql
