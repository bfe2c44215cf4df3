#include "common/promql/operators/build.h"

#include "common/promql/operators/aggregate.h"
#include "common/promql/operators/binary.h"
#include "common/promql/operators/instant_selector.h"
#include "common/promql/operators/map.h"
#include "common/promql/operators/smoothed_selector.h"
#include "common/series/float_histogram_math.h"

namespace epi::promql {
namespace {

Result<VectorOperatorPtr> BuildUnary(QueryState* query, const UnaryExpr& unary, const StepGrid& grid) {
  VectorOperatorPtr child = TRY(BuildVector(query, *unary.expr, grid));
  if (!unary.negative) return child;
  return MapDroppingName(query, std::move(child), [](size_t, Column* column) {
    for (double& value : column->values) value = -value;
    for (HistogramPtr& histogram : column->histograms) {
      if (histogram == nullptr) continue;
      auto negated = std::make_shared<series::FloatHistogram>(*histogram);
      series::Multiply(negated.get(), -1);
      histogram = std::move(negated);
    }
    return OkStatus();
  });
}

Result<VectorOperatorPtr> BuildOperator(QueryState* query, const Expr& expr, const StepGrid& grid) {
  switch (expr.kind) {
    case ExprKind::kVectorSelector: {
      const auto& selector = static_cast<const VectorSelector&>(expr);
      if (selector.edges == RangeEdges::kSmoothed) return MakeSmoothedSelector(query, selector, grid);
      return MakeInstantSelector(query, selector, grid, SampleAspect::kValue);
    }
    case ExprKind::kParen:
      return BuildVector(query, *static_cast<const ParenExpr&>(expr).expr, grid);
    case ExprKind::kStepInvariant: {
      const StepGrid once = {grid.start_ms, grid.start_ms, grid.step_ms};
      return Repeat(TRY(BuildVector(query, *static_cast<const StepInvariantExpr&>(expr).expr, once)), grid);
    }
    case ExprKind::kUnary:
      return BuildUnary(query, static_cast<const UnaryExpr&>(expr), grid);
    case ExprKind::kBinary:
      return BuildBinary(query, static_cast<const BinaryExpr&>(expr), grid);
    case ExprKind::kAggregate:
      return BuildAggregate(query, static_cast<const AggregateExpr&>(expr), grid);
    case ExprKind::kCall:
      return BuildCall(query, static_cast<const Call&>(expr), grid);
    default:
      return InternalError("expression is not an instant vector");
  }
}

}  // namespace

Result<VectorOperatorPtr> BuildVector(QueryState* query, const Expr& expr, const StepGrid& grid) {
  RETURN_IF_ERROR(query->Check());
  Profiler* const profiler = query->profiler();
  if (profiler == nullptr || expr.kind == ExprKind::kParen) return BuildOperator(query, expr, grid);
  return profiler->Watch(DescribeNode(query->plan(), expr), [&] { return BuildOperator(query, expr, grid); });
}

const std::string& StringValue(const Expr& expr) {
  const auto* literal = As<StringLiteral>(Unwrap(&expr));
  CHECK(literal != nullptr);
  return literal->value;
}

PositionRange ArgPosition(const Expr& arg) {
  const Expr* inner = Unwrap(&arg);
  return inner->kind == ExprKind::kSubquery ? PositionRange() : inner->position;
}

}  // namespace epi::promql
