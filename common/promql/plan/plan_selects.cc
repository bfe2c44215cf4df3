#include <algorithm>

#include "common/promql/plan/plan.h"

namespace epi::promql {
namespace {

// Times at which a subtree is evaluated, and what stands around it.
struct Scope {
  int64_t first_ms = 0;
  int64_t last_ms = 0;
  bool stats_only = false;                   // A histogram function above wants only count and sum …
  bool buckets = false;                      // … but something else above wants the buckets.
  std::string func;                           // Nearest call or aggregation above; cut off by binary operators.
  const AggregateExpr* aggregate = nullptr;  // The parent, when it is one.
};

bool SameSelect(const series::SelectRequest& a, const series::SelectRequest& b) {
  return a.matchers == b.matchers && a.hints.func == b.hints.func && a.hints.grouping == b.hints.grouping &&
         a.hints.by == b.hints.by && a.hints.range_ms == b.hints.range_ms;
}

class SelectPlanner {
 public:
  explicit SelectPlanner(Plan* plan) : plan_(plan) {}

  void Visit(const Expr& expr, const Scope& scope) {
    switch (expr.kind) {
      case ExprKind::kVectorSelector:
        return AddSelector(static_cast<const VectorSelector&>(expr), 0, scope);
      case ExprKind::kMatrixSelector: {
        const auto& matrix = static_cast<const MatrixSelector&>(expr);
        return AddSelector(*matrix.selector, matrix.range_ms, scope);
      }
      case ExprKind::kSubquery:
        return VisitSubquery(static_cast<const SubqueryExpr&>(expr), scope);
      case ExprKind::kCall:
        return VisitCall(static_cast<const Call&>(expr), scope);
      default:
        break;
    }
    Scope inner = scope;
    inner.aggregate = nullptr;
    if (const auto* aggregate = As<AggregateExpr>(&expr)) {
      inner.func = std::string(OpText(aggregate->op));
      inner.aggregate = aggregate;
    } else if (const auto* binary = As<BinaryExpr>(&expr)) {
      inner.func.clear();
      inner.buckets = inner.buckets || IsTrim(binary->op);
    }
    ForEachChild(expr, [this, &inner](const Expr& child) { Visit(child, inner); });
  }

 private:
  void VisitCall(const Call& call, const Scope& scope) {
    Scope inner = scope;
    inner.aggregate = nullptr;
    inner.func = std::string(call.function->name);
    if (inner.func == "histogram_count" || inner.func == "histogram_sum" || inner.func == "histogram_avg") {
      inner.stats_only = true;
    } else if (inner.func.starts_with("histogram_quantile") || inner.func == "histogram_fraction") {
      inner.buckets = true;
    }
    // The second argument of info() is no vector: the operator selects by itself.
    const size_t args = call.function->name == "info" ? 1 : call.args.size();
    for (size_t i = 0; i < args; ++i) Visit(*call.args[i], inner);
  }

  void VisitSubquery(const SubqueryExpr& subquery, const Scope& scope) {
    Scope inner = scope;
    inner.aggregate = nullptr;
    inner.buckets = true;
    if (subquery.time.at != AtKind::kNone) inner.first_ms = inner.last_ms = subquery.time.at_ms;
    inner.first_ms -= subquery.time.offset_ms + subquery.range_ms;
    inner.last_ms -= subquery.time.offset_ms;
    Visit(*subquery.expr, inner);
  }

  void AddSelector(const VectorSelector& selector, int64_t range_ms, const Scope& scope) {
    const int64_t lookback_ms = plan_->options.lookback_ms;
    series::SelectRequest request;
    const bool pinned = selector.time.at != AtKind::kNone;
    const int64_t first_ms = (pinned ? selector.time.at_ms : scope.first_ms) - selector.time.offset_ms;
    const int64_t last_ms = (pinned ? selector.time.at_ms : scope.last_ms) - selector.time.offset_ms;
    // Windows are open on the left: the sample at the edge itself is not needed.
    request.mint_ms = first_ms - (range_ms > 0 ? range_ms : lookback_ms) + 1;
    request.maxt_ms = last_ms;
    if (selector.edges != RangeEdges::kPlain && range_ms > 0) request.mint_ms -= lookback_ms;
    if (selector.edges == RangeEdges::kSmoothed) request.maxt_ms += lookback_ms;
    request.matchers = selector.matchers;
    request.hints.step_ms = plan_->options.instant ? 0 : plan_->options.grid.step_ms;
    request.hints.range_ms = range_ms;
    request.hints.func = scope.func;
    if (scope.aggregate != nullptr) {
      request.hints.grouping = scope.aggregate->grouping;
      request.hints.by = !scope.aggregate->without;
    }
    if (scope.stats_only && !scope.buckets) plan_->stats_only.insert(&selector);
    plan_->select_of[&selector] = Share(std::move(request));
  }

  size_t Share(series::SelectRequest request) {
    for (size_t i = 0; i < plan_->selects.size(); ++i) {
      series::SelectRequest& other = plan_->selects[i];
      if (!SameSelect(other, request)) continue;
      other.mint_ms = std::min(other.mint_ms, request.mint_ms);
      other.maxt_ms = std::max(other.maxt_ms, request.maxt_ms);
      return i;
    }
    plan_->selects.push_back(std::move(request));
    return plan_->selects.size() - 1;
  }

  Plan* const plan_;
};

}  // namespace

void PlanSelects(Plan* plan) {
  Scope scope;
  scope.first_ms = plan->options.grid.start_ms;
  scope.last_ms = plan->options.end_ms;
  SelectPlanner(plan).Visit(*plan->expr, scope);
  for (series::SelectRequest& request : plan->selects) {
    request.hints.start_ms = request.mint_ms;
    request.hints.end_ms = request.maxt_ms;
  }
}

}  // namespace epi::promql
