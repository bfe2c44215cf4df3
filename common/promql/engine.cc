#include "common/promql/engine.h"

#include "common/base/str_cat.h"
#include "common/promql/parse.h"
#include "common/promql/query_run.h"

namespace epi::promql {
namespace {

// @ and negative offsets can be switched off.
Status CheckModifiers(const Expr& expr, const Features& features) {
  Status status;
  Walk(expr, [&](const Expr& node) {
    const TimeModifiers* time = nullptr;
    if (const auto* selector = As<VectorSelector>(&node)) time = &selector->time;
    if (const auto* subquery = As<SubqueryExpr>(&node)) time = &subquery->time;
    if (time == nullptr) return;
    if (!features.at_modifier && time->at != AtKind::kNone) status = InvalidArgumentError("@ modifier is disabled");
    if (!features.negative_offset && time->offset_ms < 0) status = InvalidArgumentError("negative offset is disabled");
  });
  return status;
}

struct RunRequest {
  const Context& ctx;
  const series::Querier& querier;
  const Expr& expr;
  PlanOptions plan;
  bool analyze = false;
};

Result<QueryResult> Run(const EngineOptions& options, const RunRequest& request) {
  const auto begin = std::chrono::steady_clock::now();
  RETURN_IF_ERROR(CheckModifiers(request.expr, options.features));
  const Plan plan = TRY(MakePlan(request.expr, request.plan));
  QueryState query(request.ctx, request.querier, options.features, plan, options.samples_max, options.workers);
  if (options.features.per_step_stats) query.samples()->EnablePerStep(plan.options.grid);
  if (request.analyze) query.EnableProfiler();
  RETURN_IF_ERROR(query.SelectAll());
  QueryResult result;
  result.stats.prepare = std::chrono::steady_clock::now() - begin;
  const Status status = RunPlan(&query, &result);
  if (status.ok()) return result;
  // What fails because the query ended says so, whatever it ran into.
  const Status ended = query.Check();
  return ended.ok() ? status : ended;
}

PlanOptions CommonPlanOptions(const EngineOptions& options, const QueryParams& params) {
  PlanOptions plan;
  plan.lookback_ms = params.lookback_ms > 0 ? params.lookback_ms : options.lookback_ms;
  plan.default_step_ms = options.default_eval_interval_ms;
  plan.delayed_names = options.features.delayed_name_removal;
  return plan;
}

Result<PlanOptions> RangePlanOptions(const EngineOptions& options, const QueryParams& params, const Expr& expr,
                                     const Engine::RangeTimes& times) {
  if (expr.type() != ValueType::kScalar && expr.type() != ValueType::kVector) {
    return InvalidArgumentError(StrCat("invalid expression type \"", DocumentedType(expr.type()),
                                       "\" for range query, must be Scalar or instant Vector"));
  }
  if (times.step_ms < 1) return InvalidArgumentError("zero or negative query resolution step widths are not accepted");
  if (times.end_ms < times.start_ms) return InvalidArgumentError("end timestamp must not be before start time");
  PlanOptions plan = CommonPlanOptions(options, params);
  plan.grid = StepGrid::Make(times.start_ms, times.end_ms, times.step_ms);
  plan.end_ms = times.end_ms;
  return plan;
}

}  // namespace

Result<QueryResult> Engine::Instant(const Context& ctx, const series::Querier& querier, std::string_view query, int64_t time_ms,
                                    const QueryParams& params) const {
  const ExprPtr expr = TRY(ParseExpr(query, options_.features));
  return Instant(ctx, querier, *expr, time_ms, params);
}

Result<QueryResult> Engine::Instant(const Context& ctx, const series::Querier& querier, const Expr& expr, int64_t time_ms,
                                    const QueryParams& params) const {
  PlanOptions plan = CommonPlanOptions(options_, params);
  plan.grid = StepGrid::Instant(time_ms);
  plan.end_ms = time_ms;
  plan.instant = true;
  return Run(options_, {ctx, querier, expr, plan, params.analyze});
}

Result<QueryResult> Engine::Range(const Context& ctx, const series::Querier& querier, std::string_view query,
                                  const RangeTimes& times, const QueryParams& params) const {
  const ExprPtr expr = TRY(ParseExpr(query, options_.features));
  return Range(ctx, querier, *expr, times, params);
}

Result<QueryResult> Engine::Range(const Context& ctx, const series::Querier& querier, const Expr& expr, const RangeTimes& times,
                                  const QueryParams& params) const {
  const PlanOptions plan = TRY(RangePlanOptions(options_, params, expr, times));
  return Run(options_, {ctx, querier, expr, plan, params.analyze});
}

Result<std::string> Engine::Explain(std::string_view query, const RangeTimes& times, const QueryParams& params) const {
  const ExprPtr expr = TRY(ParseExpr(query, options_.features));
  const PlanOptions options = TRY(RangePlanOptions(options_, params, *expr, times));
  const Plan plan = TRY(MakePlan(*expr, options));
  return ExplainPlan(plan);
}

Value QueryResult::ToValue() const {
  return std::visit(
      [](const auto& one) -> Value {
        if constexpr (std::is_same_v<std::decay_t<decltype(one)>, ColumnMatrix>) {
          return one.ToMatrix();
        } else {
          return one;
        }
      },
      value);
}

Matrix ColumnMatrix::ToMatrix() const {
  Matrix matrix;
  matrix.reserve(series.size());
  for (const Series& one : series) {
    MatrixSeries out;
    out.labels = one.labels;
    one.column.valid.ForEach([&](size_t step) { out.floats.push_back({grid.TimeAt(step), one.column.values[step]}); });
    for (size_t step = 0; step < one.column.histograms.size(); ++step) {
      if (one.column.histograms[step] != nullptr) out.histograms.push_back({grid.TimeAt(step), one.column.histograms[step]});
    }
    matrix.push_back(std::move(out));
  }
  return matrix;
}

}  // namespace epi::promql
