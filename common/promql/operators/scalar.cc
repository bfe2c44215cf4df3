// Scalars: evaluated for all steps at once.
#include <limits>
#include <numbers>

#include "common/promql/functions/binary_math.h"
#include "common/promql/functions/math.h"
#include "common/promql/operators/build.h"
#include "common/promql/operators/stream.h"

namespace epi::promql {
namespace {

template <typename Function>
ScalarColumn Map(const ScalarColumn& column, size_t steps, Function&& function) {
  if (column.constant()) return ScalarColumn(function(column.At(0)));
  std::vector<double> values(steps);
  for (size_t step = 0; step < steps; ++step) values[step] = function(column.At(step));
  return ScalarColumn(std::move(values));
}

template <typename Function>
ScalarColumn Combine(const ScalarColumn& lhs, const ScalarColumn& rhs, size_t steps, Function&& function) {
  if (lhs.constant() && rhs.constant()) return ScalarColumn(function(lhs.At(0), rhs.At(0)));
  std::vector<double> values(steps);
  for (size_t step = 0; step < steps; ++step) values[step] = function(lhs.At(step), rhs.At(step));
  return ScalarColumn(std::move(values));
}

double Apply(BinaryOp op, double lhs, double rhs) {
  if (IsComparison(op)) return Compare(op, lhs, rhs) ? 1 : 0;
  return Arithmetic(op, lhs, rhs);
}

// scalar(v): the value of the only float element; NaN for none or several.
Result<ScalarColumn> ScalarOfVector(QueryState* query, const Expr& expr, const StepGrid& grid) {
  const VectorOperatorPtr op = TRY(BuildVector(query, expr, grid));
  std::vector<double> values(grid.steps(), std::numeric_limits<double>::quiet_NaN());
  StepBits seen(grid.steps());
  RETURN_IF_ERROR(ForEachColumn(query, op.get(), [&](size_t, const SeriesMeta&, Column* column) {
    column->valid.ForEach([&](size_t step) {
      values[step] = seen.Test(step) ? std::numeric_limits<double>::quiet_NaN() : column->values[step];
      seen.Set(step);
    });
    return OkStatus();
  }));
  return ScalarColumn(std::move(values));
}

Result<ScalarColumn> ScalarCall(QueryState* query, const Call& call, const StepGrid& grid) {
  const std::string_view name = call.function->name;
  if (name == "pi") return ScalarColumn(std::numbers::pi);
  if (name == "scalar") return ScalarOfVector(query, *call.args[0], grid);
  if (name == "time") {
    std::vector<double> values(grid.steps());
    for (size_t step = 0; step < values.size(); ++step) values[step] = static_cast<double>(grid.TimeAt(step)) / 1000;
    return ScalarColumn(std::move(values));
  }
  if (name == "min_of" || name == "max_of") {
    const ScalarColumn lhs = TRY(BuildScalar(query, *call.args[0], grid));
    const ScalarColumn rhs = TRY(BuildScalar(query, *call.args[1], grid));
    return Combine(lhs, rhs, grid.steps(), name == "min_of" ? MinOf : MaxOf);
  }
  return InternalError(std::string("function is not implemented: ").append(name));
}

}  // namespace

Result<ScalarColumn> BuildScalar(QueryState* query, const Expr& expr, const StepGrid& grid) {
  switch (expr.kind) {
    case ExprKind::kNumber:
      return ScalarColumn(static_cast<const NumberLiteral&>(expr).value);
    case ExprKind::kParen:
      return BuildScalar(query, *static_cast<const ParenExpr&>(expr).expr, grid);
    case ExprKind::kStepInvariant: {
      const StepGrid once = {grid.start_ms, grid.start_ms, grid.step_ms};
      const ScalarColumn column = TRY(BuildScalar(query, *static_cast<const StepInvariantExpr&>(expr).expr, once));
      return ScalarColumn(column.At(0));
    }
    case ExprKind::kUnary: {
      const auto& unary = static_cast<const UnaryExpr&>(expr);
      ScalarColumn column = TRY(BuildScalar(query, *unary.expr, grid));
      if (!unary.negative) return column;
      return Map(column, grid.steps(), [](double value) { return -value; });
    }
    case ExprKind::kBinary: {
      const auto& binary = static_cast<const BinaryExpr&>(expr);
      const ScalarColumn lhs = TRY(BuildScalar(query, *binary.lhs, grid));
      const ScalarColumn rhs = TRY(BuildScalar(query, *binary.rhs, grid));
      return Combine(lhs, rhs, grid.steps(), [&binary](double a, double b) { return Apply(binary.op, a, b); });
    }
    case ExprKind::kCall:
      return ScalarCall(query, static_cast<const Call&>(expr), grid);
    default:
      return InternalError("expression is not a scalar");
  }
}

}  // namespace epi::promql
