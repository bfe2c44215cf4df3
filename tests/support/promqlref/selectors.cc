// Instant and range selectors, and subqueries.
#include <algorithm>
#include <map>

#include "common/promql/annotations.h"
#include "common/series/float_histogram_math.h"
#include "common/series/sample.h"
#include "tests/support/promqlref/edges.h"
#include "tests/support/promqlref/nodes.h"

namespace epi::promqlref {
namespace {

using promql::As;
using promql::RangeEdges;
using series::CounterResetHint;

bool IsStale(const Sample& sample) {
  return series::IsStaleNan(sample.is_histogram() ? sample.histogram->sum : sample.value);
}

void DropStale(std::vector<Track>* tracks) {
  for (Track& track : *tracks) std::erase_if(track.points, [](const Point& point) { return IsStale(point.sample); });
}

// Evaluated at many times, a counter's own hints would be seen twice or not at all.
Sample WithoutHint(const Sample& sample) {
  if (!sample.is_histogram() || sample.histogram->counter_reset_hint == CounterResetHint::kGauge) return sample;
  FloatHistogram copy = *sample.histogram;
  copy.counter_reset_hint = CounterResetHint::kUnknown;
  return Native(std::move(copy));
}

// Leaves counts and sums, and whether the counter was reset since the sample before.
void TellResets(int64_t after_ms, std::vector<Point>* points) {
  HistogramPtr before;
  for (Point& point : *points) {
    if (point.t_ms <= after_ms || !point.sample.is_histogram() || IsStale(point.sample)) continue;
    const FloatHistogram& histogram = *point.sample.histogram;
    FloatHistogram stats;
    stats.schema = histogram.schema;
    stats.count = histogram.count;
    stats.sum = histogram.sum;
    stats.counter_reset_hint = histogram.counter_reset_hint;
    if (before != nullptr && histogram.counter_reset_hint == CounterResetHint::kUnknown) {
      const bool reset = series::DetectReset(histogram, *before);
      stats.counter_reset_hint = reset ? CounterResetHint::kReset : CounterResetHint::kNotReset;
    }
    before = point.sample.histogram;
    point.sample = Native(std::move(stats));
  }
}

// Multiples of the step in (first - range, last].
Grid SubqueryGrid(const promql::SubqueryExpr& subquery, const Grid& outer) {
  const int64_t edge_ms = ReferenceTime(subquery.time, outer.start_ms) - subquery.range_ms;
  const int64_t step_ms = subquery.step_ms;
  int64_t start_ms = edge_ms / step_ms * step_ms;
  while (start_ms <= edge_ms) start_ms += step_ms;
  return {start_ms, ReferenceTime(subquery.time, outer.Last()), step_ms};
}

std::vector<Track> ToTracks(const Steps& steps, const Grid& grid) {
  std::vector<Track> tracks;
  std::map<Labels, size_t> known;
  for (size_t step = 0; step < steps.size(); ++step) {
    for (const Element& element : steps[step]) {
      const auto [it, added] = known.emplace(element.labels, tracks.size());
      if (added) tracks.push_back({element.labels, element.drop_name, {}});
      tracks[it->second].points.push_back({grid.At(step), 0, WithoutHint(element.sample)});
    }
  }
  const auto before = [](const Track& a, const Track& b) { return a.labels < b.labels; };
  if (grid.start_ms != grid.end_ms) std::sort(tracks.begin(), tracks.end(), before);
  return tracks;
}

Result<Steps> SelectSmoothed(Evaluation* evaluation, const promql::VectorSelector& selector, const Grid& grid) {
  std::vector<Track> tracks = TRY(evaluation->Load(selector.matchers));
  DropStale(&tracks);
  const int64_t lookback_ms = evaluation->options().lookback_ms;
  Steps steps(grid.size());
  for (size_t step = 0; step < grid.size(); ++step) {
    const int64_t t_ms = ReferenceTime(selector.time, grid.At(step));
    for (const Track& track : tracks) {
      std::vector<Point> around;
      for (const Point& point : track.points) {
        if (point.t_ms > t_ms - lookback_ms && point.t_ms <= t_ms + lookback_ms) around.push_back(point);
      }
      const SmoothedSample smoothed = SmoothAt(around, t_ms);
      const std::string_view name = track.labels.metric_name();
      if (smoothed.mixed) evaluation->Annotate(promql::MixedFloatsHistogramsWarning(name, selector.position));
      if (smoothed.mixed_schemas) {
        evaluation->Annotate(promql::MixedExponentialCustomHistogramsWarning(name, selector.position));
      }
      if (smoothed.notes.subtracting) {
        evaluation->Annotate(promql::MismatchedCustomBucketsInfo(promql::HistogramOperation::kSubtraction, selector.position));
      }
      if (smoothed.notes.adding) {
        evaluation->Annotate(promql::MismatchedCustomBucketsInfo(promql::HistogramOperation::kAddition, selector.position));
      }
      if (smoothed.sample.has_value()) steps[step].push_back({track.labels, false, *smoothed.sample});
    }
  }
  return steps;
}

}  // namespace

Result<std::vector<Track>> Evaluation::Load(const labels::Matchers& matchers) const {
  series::SelectRequest request;
  request.mint_ms = series::kMinTimeMs / 2;
  request.maxt_ms = series::kMaxTimeMs / 2;
  request.matchers = matchers;
  const std::unique_ptr<series::SeriesSet> set = TRY(querier_.Select(Context::Background(), request));
  std::vector<Track> tracks;
  while (const std::unique_ptr<series::Series> one = TRY(set->Next())) {
    Track track{one->labels(), false, {}};
    const std::unique_ptr<series::SampleCursor> cursor = TRY(one->Samples());
    while (const series::SampleBatch* batch = TRY(cursor->Next())) {
      for (size_t i = 0; i < batch->size(); ++i) {
        Point point;
        point.t_ms = batch->times_ms[i];
        const bool starts = !batch->start_times_ms.empty() && options_.features.use_start_timestamps;
        point.start_ms = starts ? batch->start_times_ms[i] : 0;
        point.sample = batch->is_histogram() ? Native(batch->histograms[i]) : Float(batch->values[i]);
        track.points.push_back(std::move(point));
      }
    }
    tracks.push_back(std::move(track));
  }
  return tracks;
}

Result<std::vector<Track>> Evaluation::Load(const promql::VectorSelector& selector, int64_t after_ms) const {
  std::vector<Track> tracks = TRY(Load(selector.matchers));
  if (stats_only_.contains(&selector)) {
    for (Track& track : tracks) TellResets(after_ms, &track.points);
  }
  return tracks;
}

std::vector<NewestPoint> NewestPoints(const std::vector<Track>& tracks, int64_t t_ms, int64_t lookback_ms) {
  std::vector<NewestPoint> newest;
  for (const Track& track : tracks) {
    const Point* found = nullptr;
    for (const Point& point : track.points) {
      if (point.t_ms > t_ms - lookback_ms && point.t_ms <= t_ms) found = &point;
    }
    if (found != nullptr && !IsStale(found->sample)) newest.push_back({&track, *found});
  }
  return newest;
}

Result<Steps> SelectInstant(Evaluation* evaluation, const promql::VectorSelector& selector, const Grid& grid) {
  if (selector.edges == RangeEdges::kSmoothed) return SelectSmoothed(evaluation, selector, grid);
  const int64_t first_ms = ReferenceTime(selector.time, grid.start_ms);
  const std::vector<Track> tracks = TRY(evaluation->Load(selector, first_ms - evaluation->options().lookback_ms));
  Steps steps(grid.size());
  for (size_t step = 0; step < grid.size(); ++step) {
    const int64_t t_ms = ReferenceTime(selector.time, grid.At(step));
    for (NewestPoint& newest : NewestPoints(tracks, t_ms, evaluation->options().lookback_ms)) {
      steps[step].push_back({newest.track->labels, false, std::move(newest.point.sample)});
    }
  }
  return steps;
}

Result<Ranges> Evaluation::RangesOf(const promql::Expr& expr, const Grid& grid) {
  Ranges ranges;
  ranges.position = expr.position;
  const promql::Expr* inner = promql::Unwrap(&expr);
  if (const auto* matrix = As<promql::MatrixSelector>(inner)) {
    const int64_t before_ms = matrix->selector->edges == RangeEdges::kPlain ? 0 : options_.lookback_ms;
    const int64_t first_ms = ReferenceTime(matrix->selector->time, grid.start_ms) - matrix->range_ms - before_ms;
    ranges.tracks = TRY(Load(*matrix->selector, first_ms));
    DropStale(&ranges.tracks);
    ranges.range_ms = matrix->range_ms;
    ranges.time = &matrix->selector->time;
    ranges.edges = matrix->selector->edges;
    return ranges;
  }
  const auto* subquery = As<promql::SubqueryExpr>(inner);
  if (subquery == nullptr) return InternalError("expression is no range vector");
  const Grid inner_grid = SubqueryGrid(*subquery, grid);
  if (inner_grid.size() > 0) ranges.tracks = ToTracks(TRY(VectorOf(*subquery->expr, inner_grid)), inner_grid);
  DropStale(&ranges.tracks);
  ranges.range_ms = subquery->range_ms;
  ranges.time = &subquery->time;
  return ranges;
}

}  // namespace epi::promqlref
