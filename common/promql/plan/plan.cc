#include "common/promql/plan/plan.h"

#include "common/promql/fold_durations.h"

namespace epi::promql {
namespace {

void ResolveAt(const PlanOptions& options, TimeModifiers* time) {
  if (time->at == AtKind::kStart) time->at_ms = options.grid.start_ms;
  if (time->at == AtKind::kEnd) time->at_ms = options.end_ms;
  if (time->at != AtKind::kNone) time->at = AtKind::kTimestamp;
}

// Seconds that start(), end(), step() or range() stand for; nothing for other calls.
std::optional<double> QueryTimeValue(const PlanOptions& options, const Call& call) {
  if (!call.args.empty()) return std::nullopt;
  const auto seconds = [](int64_t ms) { return static_cast<double>(ms) / 1000; };
  const std::string_view name = call.function->name;
  if (name == "start") return seconds(options.grid.start_ms);
  if (name == "end") return seconds(options.end_ms);
  if (name == "step") return options.end_ms == options.grid.start_ms ? 0 : seconds(options.grid.step_ms);
  if (name == "range") return seconds(options.end_ms - options.grid.start_ms);
  return std::nullopt;
}

void ResolveTimes(const PlanOptions& options, ExprPtr* expr) {
  if (auto* call = As<Call>(expr->get())) {
    if (const std::optional<double> value = QueryTimeValue(options, *call)) {
      auto number = std::make_unique<NumberLiteral>();
      number->value = *value;
      number->position = call->position;
      *expr = std::move(number);
      return;
    }
  } else if (auto* selector = As<VectorSelector>(expr->get())) {
    ResolveAt(options, &selector->time);
  } else if (auto* matrix = As<MatrixSelector>(expr->get())) {
    ResolveAt(options, &matrix->selector->time);
  } else if (auto* subquery = As<SubqueryExpr>(expr->get())) {
    ResolveAt(options, &subquery->time);
    if (subquery->step_ms == 0) subquery->step_ms = options.default_step_ms;
  }
  ForEachChildPtr(**expr, [&options](ExprPtr& child) { ResolveTimes(options, &child); });
}

}  // namespace

Result<Plan> MakePlan(const Expr& expr, const PlanOptions& options) {
  Plan plan;
  plan.options = options;
  plan.expr = Clone(expr);
  const DurationContext durations = {.step_ms = options.instant ? 0 : options.grid.step_ms,
                                     .range_ms = options.end_ms - options.grid.start_ms};
  RETURN_IF_ERROR(FoldDurations(durations, plan.expr.get()));
  ResolveTimes(options, &plan.expr);
  WrapStepInvariant(&plan.expr);
  PlanSelects(&plan);
  PlanStreams(&plan);
  return plan;
}

StepGrid SubqueryGrid(const SubqueryExpr& subquery, const StepGrid& parent, int64_t default_step_ms) {
  const int64_t step_ms = subquery.step_ms > 0 ? subquery.step_ms : default_step_ms;
  const bool pinned = subquery.time.at != AtKind::kNone;
  const int64_t first_ms = (pinned ? subquery.time.at_ms : parent.start_ms) - subquery.time.offset_ms;
  const int64_t last_ms = (pinned ? subquery.time.at_ms : parent.end_ms) - subquery.time.offset_ms;
  // The grid consists of multiples of the step; the left edge itself is outside. Integer division truncates towards zero, which
  // puts the start of a negative edge right of it at once.
  const int64_t edge_ms = first_ms - subquery.range_ms;
  int64_t start_ms = step_ms * (edge_ms / step_ms);
  if (start_ms <= edge_ms) start_ms += step_ms;
  return StepGrid::Make(start_ms, last_ms, step_ms);
}

}  // namespace epi::promql
