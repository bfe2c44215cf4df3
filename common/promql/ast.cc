#include "common/promql/ast.h"

#include "common/base/check.h"

namespace epi::promql {
namespace {

ValueType BinaryType(const BinaryExpr& expr) {
  const bool scalars = expr.lhs->type() == ValueType::kScalar && expr.rhs->type() == ValueType::kScalar;
  return scalars ? ValueType::kScalar : ValueType::kVector;
}

template <typename T>
std::unique_ptr<T> CloneAs(const T* expr) {
  if (expr == nullptr) return nullptr;
  return std::unique_ptr<T>(static_cast<T*>(Clone(*expr).release()));
}

ExprPtr CloneAny(const ExprPtr& expr) { return expr == nullptr ? nullptr : Clone(*expr); }

TimeModifiers CloneTime(const TimeModifiers& time) {
  TimeModifiers copy;
  copy.offset_ms = time.offset_ms;
  copy.offset_expr = CloneAs(time.offset_expr.get());
  copy.at = time.at;
  copy.at_ms = time.at_ms;
  return copy;
}

ExprPtr CloneOf(const NumberLiteral& from) {
  auto to = std::make_unique<NumberLiteral>();
  to->value = from.value;
  to->is_duration = from.is_duration;
  return to;
}

ExprPtr CloneOf(const StringLiteral& from) {
  auto to = std::make_unique<StringLiteral>();
  to->value = from.value;
  return to;
}

ExprPtr CloneOf(const VectorSelector& from) {
  auto to = std::make_unique<VectorSelector>();
  to->name = from.name;
  to->matchers = from.matchers;
  to->time = CloneTime(from.time);
  to->edges = from.edges;
  to->may_match_all = from.may_match_all;
  return to;
}

ExprPtr CloneOf(const MatrixSelector& from) {
  auto to = std::make_unique<MatrixSelector>();
  to->selector = CloneAs(from.selector.get());
  to->range_ms = from.range_ms;
  to->range_expr = CloneAs(from.range_expr.get());
  return to;
}

ExprPtr CloneOf(const SubqueryExpr& from) {
  auto to = std::make_unique<SubqueryExpr>();
  to->expr = CloneAny(from.expr);
  to->range_ms = from.range_ms;
  to->range_expr = CloneAs(from.range_expr.get());
  to->step_ms = from.step_ms;
  to->step_expr = CloneAs(from.step_expr.get());
  to->time = CloneTime(from.time);
  return to;
}

ExprPtr CloneOf(const Call& from) {
  auto to = std::make_unique<Call>();
  to->function = from.function;
  to->args.reserve(from.args.size());
  for (const ExprPtr& arg : from.args) to->args.push_back(CloneAny(arg));
  return to;
}

ExprPtr CloneOf(const AggregateExpr& from) {
  auto to = std::make_unique<AggregateExpr>();
  to->op = from.op;
  to->expr = CloneAny(from.expr);
  to->param = CloneAny(from.param);
  to->grouping = from.grouping;
  to->without = from.without;
  return to;
}

ExprPtr CloneOf(const BinaryExpr& from) {
  auto to = std::make_unique<BinaryExpr>();
  to->op = from.op;
  to->lhs = CloneAny(from.lhs);
  to->rhs = CloneAny(from.rhs);
  to->matching = from.matching;
  to->return_bool = from.return_bool;
  return to;
}

ExprPtr CloneOf(const UnaryExpr& from) {
  auto to = std::make_unique<UnaryExpr>();
  to->negative = from.negative;
  to->expr = CloneAny(from.expr);
  return to;
}

ExprPtr CloneOf(const ParenExpr& from) {
  auto to = std::make_unique<ParenExpr>();
  to->expr = CloneAny(from.expr);
  return to;
}

ExprPtr CloneOf(const DurationExpr& from) {
  auto to = std::make_unique<DurationExpr>();
  to->op = from.op;
  to->lhs = CloneAny(from.lhs);
  to->rhs = CloneAny(from.rhs);
  to->wrapped = from.wrapped;
  return to;
}

ExprPtr CloneOf(const StepInvariantExpr& from) {
  auto to = std::make_unique<StepInvariantExpr>();
  to->expr = CloneAny(from.expr);
  return to;
}

// Calls `visit` with `expr` as what it is.
template <typename Visit>
auto Dispatch(const Expr& expr, Visit visit) {
  switch (expr.kind) {
    case ExprKind::kNumber:
      return visit(static_cast<const NumberLiteral&>(expr));
    case ExprKind::kString:
      return visit(static_cast<const StringLiteral&>(expr));
    case ExprKind::kVectorSelector:
      return visit(static_cast<const VectorSelector&>(expr));
    case ExprKind::kMatrixSelector:
      return visit(static_cast<const MatrixSelector&>(expr));
    case ExprKind::kSubquery:
      return visit(static_cast<const SubqueryExpr&>(expr));
    case ExprKind::kCall:
      return visit(static_cast<const Call&>(expr));
    case ExprKind::kAggregate:
      return visit(static_cast<const AggregateExpr&>(expr));
    case ExprKind::kBinary:
      return visit(static_cast<const BinaryExpr&>(expr));
    case ExprKind::kUnary:
      return visit(static_cast<const UnaryExpr&>(expr));
    case ExprKind::kParen:
      return visit(static_cast<const ParenExpr&>(expr));
    case ExprKind::kDuration:
      return visit(static_cast<const DurationExpr&>(expr));
    case ExprKind::kStepInvariant:
      return visit(static_cast<const StepInvariantExpr&>(expr));
  }
  CHECK(false);
}

}  // namespace

ValueType Expr::type() const {
  switch (kind) {
    case ExprKind::kNumber:
    case ExprKind::kDuration:
      return ValueType::kScalar;
    case ExprKind::kString:
      return ValueType::kString;
    case ExprKind::kVectorSelector:
    case ExprKind::kAggregate:
      return ValueType::kVector;
    case ExprKind::kMatrixSelector:
    case ExprKind::kSubquery:
      return ValueType::kMatrix;
    case ExprKind::kCall:
      return static_cast<const Call*>(this)->function->return_type;
    case ExprKind::kBinary:
      return BinaryType(static_cast<const BinaryExpr&>(*this));
    case ExprKind::kUnary:
      return static_cast<const UnaryExpr*>(this)->expr->type();
    case ExprKind::kParen:
      return static_cast<const ParenExpr*>(this)->expr->type();
    case ExprKind::kStepInvariant:
      return static_cast<const StepInvariantExpr*>(this)->expr->type();
  }
  CHECK(false);
}

std::string_view MatchCardinalityText(MatchCardinality card) {
  static constexpr std::string_view kTexts[] = {"one-to-one", "many-to-one", "one-to-many", "many-to-many"};
  return kTexts[static_cast<size_t>(card)];
}

ExprPtr Clone(const Expr& expr) {
  ExprPtr copy = Dispatch(expr, [](const auto& node) { return CloneOf(node); });
  copy->position = expr.position;
  return copy;
}

const Expr* Unwrap(const Expr* expr) {
  while (true) {
    if (const auto* paren = As<ParenExpr>(expr)) {
      expr = paren->expr.get();
    } else if (const auto* invariant = As<StepInvariantExpr>(expr)) {
      expr = invariant->expr.get();
    } else {
      return expr;
    }
  }
}

void ForEachChildPtr(Expr& expr, const std::function<void(ExprPtr&)>& visit) {
  switch (expr.kind) {
    case ExprKind::kNumber:
    case ExprKind::kString:
    case ExprKind::kVectorSelector:
    case ExprKind::kMatrixSelector:
    case ExprKind::kDuration:
      return;
    case ExprKind::kSubquery:
      return visit(static_cast<SubqueryExpr&>(expr).expr);
    case ExprKind::kCall:
      for (ExprPtr& arg : static_cast<Call&>(expr).args) visit(arg);
      return;
    case ExprKind::kAggregate: {
      auto& aggregate = static_cast<AggregateExpr&>(expr);
      visit(aggregate.expr);
      if (aggregate.param != nullptr) visit(aggregate.param);
      return;
    }
    case ExprKind::kBinary:
      visit(static_cast<BinaryExpr&>(expr).lhs);
      return visit(static_cast<BinaryExpr&>(expr).rhs);
    case ExprKind::kUnary:
      return visit(static_cast<UnaryExpr&>(expr).expr);
    case ExprKind::kParen:
      return visit(static_cast<ParenExpr&>(expr).expr);
    case ExprKind::kStepInvariant:
      return visit(static_cast<StepInvariantExpr&>(expr).expr);
  }
}

void ForEachChild(const Expr& expr, const std::function<void(const Expr&)>& visit) {
  if (const auto* matrix = As<MatrixSelector>(&expr)) return visit(*matrix->selector);
  // The children are only looked at: visit takes them const.
  ForEachChildPtr(const_cast<Expr&>(expr), [&visit](ExprPtr& child) { visit(*child); });
}

void Walk(const Expr& expr, const std::function<void(const Expr&)>& visit) {
  visit(expr);
  ForEachChild(expr, [&visit](const Expr& child) { Walk(child, visit); });
}

}  // namespace epi::promql
