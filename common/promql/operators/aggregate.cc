#include "common/promql/operators/aggregate.h"

#include <cmath>
#include <limits>

#include "common/base/go_float.h"
#include "common/base/str_cat.h"
#include "common/promql/functions/math.h"
#include "common/promql/operators/build.h"

namespace epi::promql {

Result<VectorOperatorPtr> BuildAggregate(QueryState* query, const AggregateExpr& aggregate, const StepGrid& grid) {
  VectorOperatorPtr input = TRY(BuildVector(query, *aggregate.expr, grid));
  switch (aggregate.op) {
    case AggregateOp::kSum:
    case AggregateOp::kAvg:
      return AggregateSum(query, aggregate, std::move(input));
    case AggregateOp::kMin:
    case AggregateOp::kMax:
    case AggregateOp::kGroup:
    case AggregateOp::kCount:
    case AggregateOp::kStddev:
    case AggregateOp::kStdvar:
      return AggregateSimple(query, aggregate, std::move(input));
    case AggregateOp::kTopK:
    case AggregateOp::kBottomK:
      return AggregateTopK(query, aggregate, std::move(input));
    case AggregateOp::kQuantile:
      return AggregateQuantile(query, aggregate, std::move(input));
    case AggregateOp::kCountValues:
      return AggregateCountValues(query, aggregate, std::move(input));
    case AggregateOp::kLimitK:
    case AggregateOp::kLimitRatio:
      return AggregateLimit(query, aggregate, std::move(input));
  }
  return InternalError("unknown aggregation");
}

Result<std::vector<size_t>> EvaluateK(QueryState* query, const AggregateExpr& aggregate, const StepGrid& grid) {
  const ScalarColumn param = TRY(BuildScalar(query, *aggregate.param, grid));
  std::vector<size_t> ks(grid.steps());
  double min = std::numeric_limits<double>::infinity();
  double max = -min;
  for (size_t step = 0; step < ks.size(); ++step) {
    min = MinOf(min, param.At(step));
    max = MaxOf(max, param.At(step));
  }
  if (max < 1) return ks;
  constexpr double kLimit = 9223372036854775808.0;
  if (std::isnan(max)) return FailedPreconditionError("Parameter value is NaN");
  if (min <= -kLimit) return FailedPreconditionError(StrCat("Scalar value ", FormatFloatG(min), " underflows int64"));
  if (max >= kLimit) return FailedPreconditionError(StrCat("Scalar value ", FormatFloatG(max), " overflows int64"));
  for (size_t step = 0; step < ks.size(); ++step) ks[step] = param.At(step) < 1 ? 0 : static_cast<size_t>(param.At(step));
  return ks;
}

}  // namespace epi::promql
