// QueryRun: one evaluation of one planned query, from operators to the result.
#pragma once

#include "common/promql/engine.h"
#include "common/promql/operators/query_state.h"

namespace epi::promql {

// Evaluates the plan. `result` gets value, annotations, warnings and statistics (apart from the preparation time).
Status RunPlan(QueryState* query, QueryResult* result);

}  // namespace epi::promql
