// Aggregations: sum by (job) (…), topk(5, …), count_values("v", …).
//
// Accumulators are [group][step], and columns are added to them series by series as they are computed: memory is
// groups × steps, not series × steps, except where the answer consists of input series (topk) or needs all values (quantile).
#pragma once

#include "common/promql/ast.h"
#include "common/promql/operators/query_state.h"
#include "common/promql/operators/vector_operator.h"

namespace epi::promql {

Result<VectorOperatorPtr> BuildAggregate(QueryState* query, const AggregateExpr& aggregate, const StepGrid& grid);

// One aggregation over an input, by kind. Parameters are evaluated by them.
Result<VectorOperatorPtr> AggregateSum(QueryState* query, const AggregateExpr& aggregate, VectorOperatorPtr input);
Result<VectorOperatorPtr> AggregateSimple(QueryState* query, const AggregateExpr& aggregate, VectorOperatorPtr input);
Result<VectorOperatorPtr> AggregateTopK(QueryState* query, const AggregateExpr& aggregate, VectorOperatorPtr input);
Result<VectorOperatorPtr> AggregateQuantile(QueryState* query, const AggregateExpr& aggregate, VectorOperatorPtr input);
Result<VectorOperatorPtr> AggregateCountValues(QueryState* query, const AggregateExpr& aggregate, VectorOperatorPtr input);
Result<VectorOperatorPtr> AggregateLimit(QueryState* query, const AggregateExpr& aggregate, VectorOperatorPtr input);

// k of topk and limitk at every step: truncated towards zero, 0 when below 1.
// FailedPrecondition when it is NaN or no 64-bit integer at any step, unless it is below 1 at all.
Result<std::vector<size_t>> EvaluateK(QueryState* query, const AggregateExpr& aggregate, const StepGrid& grid);

}  // namespace epi::promql
