// Functions of histograms: quantiles and fractions (classic and native), count, sum, average and spread (native only).
#pragma once

#include "common/promql/ast.h"
#include "common/promql/operators/query_state.h"
#include "common/promql/operators/vector_operator.h"

namespace epi::promql {

// histogram_quantile, histogram_quantiles, histogram_fraction, histogram_{count,sum,avg,stddev,stdvar}.
bool IsHistogramCall(std::string_view name);
Result<VectorOperatorPtr> BuildHistogramCall(QueryState* query, const Call& call, const StepGrid& grid);

}  // namespace epi::promql
