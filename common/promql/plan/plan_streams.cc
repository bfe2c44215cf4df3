#include <algorithm>

#include "common/labels/labels.h"
#include "common/promql/functions/range_function.h"
#include "common/promql/plan/plan.h"

namespace epi::promql {
namespace {

// Aggregations that take series one after the other, without having seen all of them.
bool TakesStreams(AggregateOp op) { return op != AggregateOp::kQuantile && op != AggregateOp::kLimitRatio; }

// Aggregations whose answer consists of input series, with all their labels.
bool KeepsSeries(AggregateOp op) { return op == AggregateOp::kTopK || op == AggregateOp::kBottomK || op == AggregateOp::kLimitK; }

const Expr* WithoutParens(const Expr* expr) {
  while (const auto* paren = As<ParenExpr>(expr)) expr = paren->expr.get();
  return expr;
}

bool NamesOneMetric(const VectorSelector& selector) {
  return std::any_of(selector.matchers.begin(), selector.matchers.end(), [](const labels::Matcher& matcher) {
    return matcher.name() == labels::kMetricName && matcher.type() == labels::MatchType::kEqual && !matcher.value().empty();
  });
}

// The selector that an expression reads series by series: itself, or through a function over ranges. Null for others.
const VectorSelector* StreamedSelector(const Expr& expr, bool delayed_names) {
  const Expr* inner = WithoutParens(&expr);
  if (const auto* selector = As<VectorSelector>(inner)) {
    return selector->edges == RangeEdges::kSmoothed ? nullptr : selector;
  }
  const auto* call = As<Call>(inner);
  const RangeFunction* function = call == nullptr ? nullptr : FindRangeFunction(call->function->name);
  if (function == nullptr) return nullptr;
  for (const ExprPtr& arg : call->args) {
    const auto* matrix = As<MatrixSelector>(WithoutParens(arg.get()));
    if (matrix == nullptr) continue;
    // Without their names, series of different metrics may become equal: that is an error, found by looking at all of them.
    const bool differ = delayed_names || function->keeps_name || NamesOneMetric(*matrix->selector);
    return differ ? matrix->selector.get() : nullptr;
  }
  return nullptr;
}

}  // namespace

void PlanStreams(Plan* plan) {
  std::vector<int> readers(plan->selects.size());
  for (const auto& [selector, select] : plan->select_of) ++readers[select];
  Walk(*plan->expr, [&](const Expr& expr) {
    const auto* aggregate = As<AggregateExpr>(&expr);
    if (aggregate == nullptr || !TakesStreams(aggregate->op)) return;
    const VectorSelector* selector = StreamedSelector(*aggregate->expr, plan->options.delayed_names);
    if (selector == nullptr) return;
    const size_t select = plan->select_of.at(selector);
    if (readers[select] > 1) return;
    plan->streamed.insert(select);
    if (KeepsSeries(aggregate->op) || aggregate->without) return;
    series::SelectHints& hints = plan->selects[select].hints;
    hints.projection_include = true;
    hints.projection_labels = aggregate->grouping;
    // Annotations name the metric, and look at its type.
    for (const std::string_view name : {"__name__", "__type__", "__unit__"}) hints.projection_labels.emplace_back(name);
  });
}

}  // namespace epi::promql
