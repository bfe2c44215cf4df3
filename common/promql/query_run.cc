#include "common/promql/query_run.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "common/base/str_cat.h"
#include "common/promql/functions/edges.h"
#include "common/promql/operators/build.h"
#include "common/promql/operators/merge_equal.h"
#include "common/promql/operators/range_source.h"
#include "common/promql/operators/series_names.h"
#include "common/promql/operators/stream.h"

namespace epi::promql {
namespace {

using Clock = std::chrono::steady_clock;

// Removes the names that operators have marked; series that become equal are one if they never meet.
Result<std::vector<ColumnMatrix::Series>> FinishSeries(QueryState* query, VectorOperator* op, std::vector<Column> columns) {
  std::vector<ColumnMatrix::Series> series;
  std::unordered_map<std::string, size_t> known;
  std::vector<SeriesMeta> metas = op->TakeSeries();
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].Empty()) continue;
    SeriesMeta& meta = metas[i];
    labels::Labels labels = meta.drop_name ? DropReservedLabels(meta.labels) : std::move(meta.labels);
    if (query->delayed_names()) {
      const auto [it, added] = known.try_emplace(std::string(labels.encoded()), series.size());
      if (!added) {
        if (!series[it->second].column.MergeDisjoint(std::move(columns[i]))) return SameLabelsetError();
        continue;
      }
    }
    series.push_back({std::move(labels), std::move(columns[i])});
  }
  return series;
}

Vector ToVector(std::vector<ColumnMatrix::Series> series, int64_t t_ms) {
  Vector vector;
  vector.reserve(series.size());
  for (ColumnMatrix::Series& one : series) {
    VectorSample sample;
    sample.labels = std::move(one.labels);
    sample.t_ms = t_ms;
    if (const HistogramPtr* histogram = one.column.HistogramAt(0)) {
      sample.histogram = *histogram;
    } else {
      sample.value = one.column.values[0];
    }
    vector.push_back(std::move(sample));
  }
  return vector;
}

Status RunVector(QueryState* query, const Expr& expr, QueryResult* result) {
  const StepGrid& grid = query->options().grid;
  const VectorOperatorPtr op = TRY(BuildVector(query, expr, grid));
  std::vector<Column> columns = TRY(FillAll(query, op.get()));
  std::vector<ColumnMatrix::Series> series = TRY(FinishSeries(query, op.get(), std::move(columns)));
  if (query->options().instant) {
    result->value = ToVector(std::move(series), grid.start_ms);
    return OkStatus();
  }
  const auto sorting = Clock::now();
  const auto less = [](const auto& a, const auto& b) { return labels::Labels::Compare(a.labels, b.labels) < 0; };
  // Selectors and what is computed series by series mostly are in order.
  if (!std::is_sorted(series.begin(), series.end(), less)) std::sort(series.begin(), series.end(), less);
  result->stats.sort = Clock::now() - sorting;
  result->value = ColumnMatrix{grid, std::move(series)};
  return OkStatus();
}

Status RunScalar(QueryState* query, const Expr& expr, QueryResult* result) {
  const StepGrid& grid = query->options().grid;
  const ScalarColumn scalar = TRY(BuildScalar(query, expr, grid));
  if (query->options().instant) {
    result->value = Scalar{grid.start_ms, scalar.At(0)};
    return OkStatus();
  }
  Column column(grid.steps());
  for (size_t step = 0; step < grid.steps(); ++step) column.SetFloat(step, scalar.At(step));
  ColumnMatrix matrix{grid, {}};
  matrix.series.push_back({labels::Labels(), std::move(column)});
  result->value = std::move(matrix);
  return OkStatus();
}

// What an anchored or smoothed range selector shows of one series: a point at each edge, and the samples between.
Result<std::vector<FloatPoint>> EdgedPoints(const SampleFeed& feed, int64_t left_ms, int64_t right_ms, RangeEdges edges) {
  const FloatWindow floats = feed.floats();
  std::vector<FloatPoint> points;
  if (!feed.histograms().empty()) {
    return FailedPreconditionError(StrCat(edges == RangeEdges::kSmoothed ? "smoothed" : "anchored",
                                          " modifier is not supported with histograms"));
  }
  const WindowEdges found = FindEdges(floats.times_ms, floats.size, left_ms, right_ms, edges);
  if (!found.any) return points;
  const auto value_at = [&floats](const EdgePoint& point) {
    if (!point.between()) return floats.values[point.at];
    return Interpolate(floats.values[point.at], floats.values[point.at + 1], point.way, false);
  };
  points.push_back({left_ms, value_at(found.left)});
  for (size_t k = found.left.at; k <= found.right.at; ++k) {
    if (floats.times_ms[k] > left_ms && floats.times_ms[k] < right_ms) points.push_back({floats.times_ms[k], floats.values[k]});
  }
  points.push_back({right_ms, value_at(found.right)});
  return points;
}

// The samples of a range selector or subquery, as they are.
Status RunMatrix(QueryState* query, const Expr& expr, QueryResult* result) {
  const StepGrid& grid = query->options().grid;
  const std::unique_ptr<RangeSource> source = TRY(BuildRangeSource(query, expr, grid));
  const int64_t right_ms = source->shift().ReferenceTime(grid.start_ms);
  SampleTracker::Hold hold(query->samples());
  Matrix matrix;
  for (size_t i = 0; i < source->series().size(); ++i) {
    RETURN_IF_ERROR(query->Check());
    SampleFeed* feed = TRY(source->Start(i, 0));
    const RangeEdges edges = source->edges();
    const int64_t left_ms = right_ms - source->range_ms();
    const int64_t lookback_ms = query->options().lookback_ms;
    RETURN_IF_ERROR(feed->Advance(left_ms - (edges == RangeEdges::kPlain ? 0 : lookback_ms),
                                  right_ms + (edges == RangeEdges::kSmoothed ? lookback_ms : 0)));
    const FloatWindow floats = feed->floats();
    const HistogramWindow histograms = feed->histograms();
    if (floats.empty() && histograms.empty()) continue;
    const SeriesMeta& meta = source->series()[i];
    MatrixSeries series;
    series.labels = meta.drop_name ? DropReservedLabels(meta.labels) : meta.labels;
    for (size_t k = 0; k < floats.size; ++k) series.floats.push_back({floats.times_ms[k], floats.values[k]});
    if (edges != RangeEdges::kPlain) series.floats = TRY(EdgedPoints(*feed, left_ms, right_ms, edges));
    if (series.floats.empty() && histograms.empty()) continue;
    int64_t points = static_cast<int64_t>(floats.size);
    for (size_t k = 0; k < histograms.size; ++k) {
      series.histograms.push_back({histograms.times_ms[k], histograms.values[k]});
      points += HistogramPoints(*histograms.values[k]);
    }
    query->samples()->CountRead(points);
    RETURN_IF_ERROR(hold.Add(points));
    RETURN_IF_ERROR(query->Charge(static_cast<uint64_t>(points) * sizeof(FloatPoint), "range vector"));
    matrix.push_back(std::move(series));
  }
  std::sort(matrix.begin(), matrix.end(),
            [](const auto& a, const auto& b) { return labels::Labels::Compare(a.labels, b.labels) < 0; });
  for (size_t i = 1; i < matrix.size(); ++i) {
    if (matrix[i].labels == matrix[i - 1].labels) return SameLabelsetError();
  }
  result->value = std::move(matrix);
  return OkStatus();
}

// Memory of a result, roughly: its points and labels.
struct ValueSize {
  uint64_t operator()(const Scalar&) const { return 0; }
  uint64_t operator()(const String& string) const { return string.value.size(); }
  uint64_t operator()(const Vector& vector) const {
    uint64_t bytes = vector.size() * sizeof(VectorSample);
    for (const VectorSample& sample : vector) bytes += sample.labels.encoded().size();
    return bytes;
  }
  uint64_t operator()(const Matrix& matrix) const {
    uint64_t bytes = matrix.size() * sizeof(MatrixSeries);
    for (const MatrixSeries& series : matrix) {
      bytes += series.labels.encoded().size() + series.floats.size() * sizeof(FloatPoint) +
               series.histograms.size() * sizeof(HistogramPoint);
    }
    return bytes;
  }
  uint64_t operator()(const ColumnMatrix& matrix) const {
    uint64_t bytes = matrix.series.size() * sizeof(ColumnMatrix::Series);
    for (const ColumnMatrix::Series& series : matrix.series) bytes += series.labels.encoded().size() + series.column.bytes();
    return bytes;
  }
};

Status RunExpr(QueryState* query, QueryResult* result) {
  const Expr& expr = *query->plan().expr;
  switch (expr.type()) {
    case ValueType::kScalar:
      return RunScalar(query, expr, result);
    case ValueType::kVector:
      return RunVector(query, expr, result);
    case ValueType::kMatrix:
      return RunMatrix(query, expr, result);
    case ValueType::kString:
      result->value = String{query->options().grid.start_ms, StringValue(expr)};
      return OkStatus();
    case ValueType::kNone:
      break;
  }
  return InternalError("expression without a type");
}

}  // namespace

Status RunPlan(QueryState* query, QueryResult* result) {
  const auto begin = Clock::now();
  RETURN_IF_ERROR(RunExpr(query, result));
  result->stats.inner_eval = Clock::now() - begin;
  if (query->profiler() != nullptr) result->profile = query->profiler()->Finish("query", result->stats.inner_eval);
  result->annotations = query->annotations()->Collect();
  result->storage_warnings = query->TakeStorageWarnings();
  result->stats.samples_total = query->samples()->total();
  result->stats.samples_peak = query->samples()->peak();
  result->stats.samples_per_step = query->samples()->TakePerStep();
  result->memory = query->TakeCharge(std::visit(ValueSize(), result->value));
  return OkStatus();
}

}  // namespace epi::promql
