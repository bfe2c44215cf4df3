#include "common/promql/fold_durations.h"

#include <cmath>
#include <limits>
#include <string_view>

#include "common/base/check.h"
#include "common/base/str_cat.h"
#include "common/promql/literal.h"

namespace epi::promql {
namespace {

Status At(const Expr& expr, std::string_view message) {
  return InvalidArgumentError(StrCat(expr.position.start, ":", expr.position.end, ": ", message));
}

// A NaN wins, as in Go.
double Smaller(double a, double b) { return std::isnan(a) || std::isnan(b) ? a + b : std::min(a, b); }
double Larger(double a, double b) { return std::isnan(a) || std::isnan(b) ? a + b : std::max(a, b); }

class Folder {
 public:
  explicit Folder(const DurationContext& context) : context_(context) {}

  Status Fold(Expr* expr) {
    if (auto* selector = As<VectorSelector>(expr)) {
      return FoldTime(&selector->time);
    }
    if (auto* matrix = As<MatrixSelector>(expr)) {
      RETURN_IF_ERROR(FoldOne(false, &matrix->range_expr, &matrix->range_ms));
      return FoldTime(&matrix->selector->time);
    }
    if (auto* subquery = As<SubqueryExpr>(expr)) {
      RETURN_IF_ERROR(FoldTime(&subquery->time));
      RETURN_IF_ERROR(FoldOne(false, &subquery->step_expr, &subquery->step_ms));
      RETURN_IF_ERROR(FoldOne(false, &subquery->range_expr, &subquery->range_ms));
    }
    Status status;
    ForEachChildPtr(*expr, [this, &status](ExprPtr& child) {
      if (status.ok()) status = Fold(child.get());
    });
    return status;
  }

 private:
  Status FoldTime(TimeModifiers* time) { return FoldOne(true, &time->offset_expr, &time->offset_ms); }

  Status FoldOne(bool may_be_negative, std::unique_ptr<DurationExpr>* expr, int64_t* ms) {
    if (*expr == nullptr) return OkStatus();
    const DurationExpr& duration = **expr;
    const double seconds = TRY(Seconds(duration));
    if (!std::isfinite(seconds)) return At(duration, "duration is NaN or infinite");
    if (seconds <= 0 && !may_be_negative) return At(duration, "duration must be greater than 0");
    if (IsDurationOutOfRange(seconds)) return At(duration, "duration is out of range");
    *ms = static_cast<int64_t>(seconds * 1000);
    expr->reset();
    return OkStatus();
  }

  Result<double> Operand(const ExprPtr& expr) const {
    if (expr == nullptr) return 0.0;
    if (const auto* literal = As<NumberLiteral>(expr.get())) return literal->value;
    return Seconds(static_cast<const DurationExpr&>(*expr));
  }

  Result<double> Seconds(const DurationExpr& expr) const {
    const double lhs = TRY(Operand(expr.lhs));
    const double rhs = TRY(Operand(expr.rhs));
    switch (expr.op) {
      case DurationOp::kAdd:
        return lhs + rhs;
      case DurationOp::kSub:
        return lhs - rhs;
      case DurationOp::kMul:
        return lhs * rhs;
      case DurationOp::kDiv:
        if (rhs == 0) return At(expr, "division by zero");
        return lhs / rhs;
      case DurationOp::kMod:
        if (rhs == 0) return At(expr, "modulo by zero");
        return std::fmod(lhs, rhs);
      case DurationOp::kPow:
        return std::pow(lhs, rhs);
      case DurationOp::kPositive:
        return rhs;
      case DurationOp::kNegative:
        return -rhs;
      case DurationOp::kStep:
        return static_cast<double>(context_.step_ms) / 1000;
      case DurationOp::kRange:
        return static_cast<double>(context_.range_ms) / 1000;
      case DurationOp::kMinOf:
        return Smaller(lhs, rhs);
      case DurationOp::kMaxOf:
        return Larger(lhs, rhs);
    }
    CHECK(false);
  }

  const DurationContext context_;
};

}  // namespace

Status FoldDurations(const DurationContext& context, Expr* expr) { return Folder(context).Fold(expr); }

}  // namespace epi::promql
