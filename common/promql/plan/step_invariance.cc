#include <algorithm>
#include <array>

#include "common/promql/plan/plan.h"

namespace epi::promql {
namespace {

// Functions whose value depends on the evaluation time even when their arguments do not.
constexpr std::array<std::string_view, 16> kTimeDependent = {
    "day_of_month", "day_of_week", "day_of_year", "days_in_month", "end",  "hour",  "minute",          "month", "predict_linear",
    "range",        "start",       "step",        "time",          "timestamp", "start_timestamp", "year"};

bool IsLiteral(const Expr& expr) {
  const Expr* inner = &expr;
  while (const auto* paren = As<ParenExpr>(inner)) inner = paren->expr.get();
  return inner->kind == ExprKind::kNumber || inner->kind == ExprKind::kString;
}

void Wrap(ExprPtr* expr) {
  const ValueType type = (*expr)->type();
  if (IsLiteral(**expr) || (type != ValueType::kScalar && type != ValueType::kVector)) return;
  auto wrapper = std::make_unique<StepInvariantExpr>();
  wrapper->position = (*expr)->position;
  wrapper->expr = std::move(*expr);
  *expr = std::move(wrapper);
}

bool IsInvariantCall(const Call& call) {
  const bool time_dependent = std::find(kTimeDependent.begin(), kTimeDependent.end(), call.function->name) != kTimeDependent.end();
  if (!time_dependent) return true;
  // The timestamp of a pinned sample is pinned, too.
  if (call.function->name != "timestamp" && call.function->name != "start_timestamp") return false;
  return !call.args.empty() && As<VectorSelector>(Unwrap(call.args[0].get())) != nullptr;
}

// Is the value of `expr` the same at every step? If not, its invariant children get wrapped.
bool Mark(Expr* expr) {
  switch (expr->kind) {
    case ExprKind::kVectorSelector:
      return static_cast<VectorSelector*>(expr)->time.at != AtKind::kNone;
    case ExprKind::kMatrixSelector:
      return static_cast<MatrixSelector*>(expr)->selector->time.at != AtKind::kNone;
    case ExprKind::kSubquery: {
      auto* subquery = static_cast<SubqueryExpr*>(expr);
      if (Mark(subquery->expr.get())) Wrap(&subquery->expr);
      return subquery->time.at != AtKind::kNone;
    }
    default:
      break;
  }
  // Of an aggregation the parameter does not count: Prometheus takes it at the first step when the elements are the same at all.
  if (auto* aggregate = As<AggregateExpr>(expr)) {
    if (aggregate->param != nullptr && Mark(aggregate->param.get())) Wrap(&aggregate->param);
    return Mark(aggregate->expr.get());
  }
  struct Child {
    ExprPtr* expr;
    bool invariant;
  };
  std::vector<Child> children;
  ForEachChildPtr(*expr, [&children](ExprPtr& child) { children.push_back({&child, Mark(child.get())}); });
  const bool all = std::all_of(children.begin(), children.end(), [](const Child& child) { return child.invariant; });
  const auto* call = As<Call>(expr);
  if (all && (call == nullptr || IsInvariantCall(*call))) return true;
  for (const Child& child : children) {
    if (child.invariant) Wrap(child.expr);
  }
  return false;
}

}  // namespace

void WrapStepInvariant(ExprPtr* expr) {
  if (Mark(expr->get())) Wrap(expr);
}

}  // namespace epi::promql
