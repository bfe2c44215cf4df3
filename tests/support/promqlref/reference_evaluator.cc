#include "tests/support/promqlref/reference_evaluator.h"

#include <algorithm>
#include <map>

#include "common/base/str_cat.h"
#include "common/promql/fold_durations.h"
#include "common/promql/parse.h"
#include "common/series/sample.h"
#include "tests/support/promqlref/edges.h"

namespace epi::promqlref {
namespace {

using promql::As;
using promql::ExprPtr;
using promqltest::Answer;

struct QueryTimes {
  int64_t start_ms = 0;
  int64_t end_ms = 0;
  int64_t step_ms = 0;  // 0: instant.
  int64_t default_step_ms = 0;
};

void ResolveAt(const QueryTimes& times, promql::TimeModifiers* time) {
  if (time->at == promql::AtKind::kStart) time->at_ms = times.start_ms;
  if (time->at == promql::AtKind::kEnd) time->at_ms = times.end_ms;
  if (time->at != promql::AtKind::kNone) time->at = promql::AtKind::kTimestamp;
}

std::optional<double> TimeOfCall(const QueryTimes& times, const promql::Call& call) {
  const std::string_view name = call.function->name;
  if (!call.args.empty()) return std::nullopt;
  if (name == "start") return Seconds(times.start_ms);
  if (name == "end") return Seconds(times.end_ms);
  if (name == "range") return Seconds(times.end_ms - times.start_ms);
  if (name == "step") return times.start_ms == times.end_ms ? 0 : Seconds(times.step_ms);
  return std::nullopt;
}

// Puts times in the place of start(), end(), step() and range(), and of @ start() and @ end().
void ResolveTimes(const QueryTimes& times, ExprPtr* expr) {
  if (auto* call = As<promql::Call>(expr->get())) {
    if (const std::optional<double> value = TimeOfCall(times, *call)) {
      auto number = std::make_unique<promql::NumberLiteral>();
      number->value = *value;
      number->position = call->position;
      *expr = std::move(number);
      return;
    }
  }
  if (auto* selector = As<promql::VectorSelector>(expr->get())) ResolveAt(times, &selector->time);
  if (auto* matrix = As<promql::MatrixSelector>(expr->get())) ResolveAt(times, &matrix->selector->time);
  if (auto* subquery = As<promql::SubqueryExpr>(expr->get())) {
    ResolveAt(times, &subquery->time);
    if (subquery->step_ms == 0) subquery->step_ms = times.default_step_ms;
  }
  promql::ForEachChildPtr(**expr, [&times](ExprPtr& child) { ResolveTimes(times, &child); });
}

Result<ExprPtr> Prepare(const std::string& query, const QueryTimes& times, const promql::Features& features) {
  ExprPtr expr = TRY(promql::ParseExpr(query, features));
  RETURN_IF_ERROR(promql::FoldDurations({.step_ms = times.step_ms, .range_ms = times.end_ms - times.start_ms}, expr.get()));
  ResolveTimes(times, &expr);
  return expr;
}

// Removes the names marked for removal. Series that become equal are one series, unless they meet.
Status RemoveNames(Steps* steps) {
  for (Vector& vector : *steps) {
    std::map<Labels, bool> seen;
    for (Element& element : vector) {
      if (element.drop_name) element.labels = WithoutReserved(element.labels);
      // Floats and histograms at the same time do not count as a meeting.
      const auto [it, added] = seen.emplace(element.labels, element.sample.is_histogram());
      if (!added) return SameLabelset();
    }
  }
  return OkStatus();
}

promql::Vector ToVector(const Vector& elements, int64_t t_ms) {
  promql::Vector vector;
  for (const Element& element : elements) vector.push_back({element.labels, t_ms, element.sample.value, element.sample.histogram});
  return vector;
}

void AddPoint(int64_t t_ms, const Sample& sample, promql::MatrixSeries* series) {
  if (sample.is_histogram()) {
    series->histograms.push_back({t_ms, sample.histogram});
  } else {
    series->floats.push_back({t_ms, sample.value});
  }
}

promql::Matrix ToMatrix(const Steps& steps, const Grid& grid) {
  std::map<Labels, promql::MatrixSeries> by_labels;
  for (size_t step = 0; step < steps.size(); ++step) {
    for (const Element& element : steps[step]) AddPoint(grid.At(step), element.sample, &by_labels[element.labels]);
  }
  promql::Matrix matrix;
  for (auto& [labels, series] : by_labels) {
    series.labels = labels;
    matrix.push_back(std::move(series));
  }
  return matrix;
}

// What an anchored or smoothed range selector shows: the samples inside, and one at each edge.
Result<std::vector<Point>> WithEdges(const Ranges& ranges, const Track& track, int64_t right_ms, int64_t lookback_ms) {
  const bool smoothed = ranges.edges == promql::RangeEdges::kSmoothed;
  const int64_t left_ms = right_ms - ranges.range_ms;
  std::vector<Point> around;
  for (const Point& point : track.points) {
    if (point.t_ms <= left_ms - lookback_ms || point.t_ms > right_ms + (smoothed ? lookback_ms : 0)) continue;
    if (point.sample.is_histogram()) {
      return FailedPreconditionError(StrCat(smoothed ? "smoothed" : "anchored", " modifier is not supported with histograms"));
    }
    around.push_back(point);
  }
  const EdgeSamples edges = FindEdges(around, left_ms, right_ms, smoothed);
  if (!edges.any) return std::vector<Point>();
  Point left = around[edges.first];
  if (smoothed && left.t_ms < left_ms) left.sample = Float(Between(left, around[edges.first + 1], left_ms, false));
  Point right = around[edges.last];
  if (smoothed && edges.last > 0 && right.t_ms > right_ms) right.sample = Float(Between(around[edges.last - 1], right, right_ms, false));
  left.t_ms = left_ms;
  right.t_ms = right_ms;
  std::vector<Point> points = {left};
  for (const Point& point : around) {
    if (point.t_ms > left_ms && point.t_ms < right_ms) points.push_back(point);
  }
  points.push_back(right);
  return points;
}

Result<promql::Matrix> RangeVector(Evaluation* evaluation, const promql::Expr& expr, const Grid& grid) {
  const Ranges ranges = TRY(evaluation->RangesOf(expr, grid));
  const int64_t right_ms = ranges.Right(grid.start_ms);
  promql::Matrix matrix;
  for (const Track& track : ranges.tracks) {
    promql::MatrixSeries series;
    series.labels = track.drop_name ? WithoutReserved(track.labels) : track.labels;
    std::vector<Point> points = track.points;
    if (ranges.edges != promql::RangeEdges::kPlain) {
      points = TRY(WithEdges(ranges, track, right_ms, evaluation->options().lookback_ms));
    } else {
      std::erase_if(points, [&](const Point& point) { return point.t_ms <= right_ms - ranges.range_ms || point.t_ms > right_ms; });
    }
    for (const Point& point : points) AddPoint(point.t_ms, point.sample, &series);
    if (!points.empty()) matrix.push_back(std::move(series));
  }
  std::sort(matrix.begin(), matrix.end(), [](const auto& a, const auto& b) { return a.labels < b.labels; });
  for (size_t i = 1; i < matrix.size(); ++i) {
    if (matrix[i].labels == matrix[i - 1].labels) return SameLabelset();
  }
  return matrix;
}

Result<promql::Value> InstantValue(Evaluation* evaluation, const promql::Expr& expr, const Grid& grid) {
  switch (expr.type()) {
    case promql::ValueType::kString:
      return promql::Value(promql::String{grid.start_ms, StringOf(expr)});
    case promql::ValueType::kScalar:
      return promql::Value(promql::Scalar{grid.start_ms, TRY(evaluation->ScalarOf(expr, grid)).front()});
    case promql::ValueType::kMatrix:
      return promql::Value(TRY(RangeVector(evaluation, expr, grid)));
    default:
      break;
  }
  Steps steps = TRY(evaluation->VectorOf(expr, grid));
  RETURN_IF_ERROR(RemoveNames(&steps));
  return promql::Value(ToVector(steps.front(), grid.start_ms));
}

}  // namespace

ReferenceEvaluator::ReferenceEvaluator() : options_([] {
  EvaluationOptions options;
  options.features = promql::Features::All();
  options.features.type_and_unit_labels = false;
  return options;
}()) {}

Result<Answer> ReferenceEvaluator::Instant(const series::Querier& querier, const std::string& query, int64_t time_ms) {
  const ExprPtr expr = TRY(Prepare(query, {time_ms, time_ms, 0, options_.default_step_ms}, options_.features));
  Evaluation evaluation(querier, options_, *expr);
  promql::Value value = TRY(InstantValue(&evaluation, *expr, {time_ms, time_ms, 1}));
  return Answer{std::move(value), evaluation.annotations()};
}

Result<Answer> ReferenceEvaluator::Range(const series::Querier& querier, const std::string& query, int64_t start_ms, int64_t end_ms,
                                         int64_t step_ms) {
  const ExprPtr expr = TRY(Prepare(query, {start_ms, end_ms, step_ms, options_.default_step_ms}, options_.features));
  Evaluation evaluation(querier, options_, *expr);
  const Grid grid{start_ms, end_ms, step_ms};
  if (expr->type() == promql::ValueType::kScalar) {
    promql::MatrixSeries series;
    const std::vector<double> values = TRY(evaluation.ScalarOf(*expr, grid));
    for (size_t step = 0; step < values.size(); ++step) series.floats.push_back({grid.At(step), values[step]});
    return Answer{promql::Matrix{std::move(series)}, evaluation.annotations()};
  }
  if (expr->type() != promql::ValueType::kVector) {
    return InvalidArgumentError(StrCat("invalid expression type \"", DocumentedType(expr->type()),
                                       "\" for range query, must be Scalar or instant Vector"));
  }
  Steps steps = TRY(evaluation.VectorOf(*expr, grid));
  RETURN_IF_ERROR(RemoveNames(&steps));
  return Answer{ToMatrix(steps, grid), evaluation.annotations()};
}

}  // namespace epi::promqlref
