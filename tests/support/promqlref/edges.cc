#include "tests/support/promqlref/edges.h"

#include "common/series/float_histogram_math.h"

namespace epi::promqlref {

using series::CounterResetHint;

double Between(const Point& before, const Point& after, int64_t t_ms, bool is_counter) {
  const double end = after.sample.value;
  const double start = is_counter && end < before.sample.value ? 0 : before.sample.value;
  return start + (end - start) * static_cast<double>(t_ms - before.t_ms) / static_cast<double>(after.t_ms - before.t_ms);
}

Result<FloatHistogram> HistogramBetween(const Point& before, const Point& after, int64_t t_ms, bool is_counter,
                                        ReconciledNotes* notes) {
  if (t_ms == before.t_ms) return FloatHistogram(*before.sample.histogram);
  FloatHistogram result = *after.sample.histogram;
  if (t_ms == after.t_ms) return result;
  const double fraction = static_cast<double>(t_ms - before.t_ms) / static_cast<double>(after.t_ms - before.t_ms);
  if (is_counter && series::DetectReset(result, *before.sample.histogram)) {
    series::Multiply(&result, fraction);
    return result;
  }
  const series::CombineNotes subtracted = TRY(series::Subtract(&result, *before.sample.histogram));
  series::Multiply(&result, fraction);
  const series::CombineNotes added = TRY(series::Add(&result, *before.sample.histogram));
  notes->subtracting |= subtracted.custom_bounds_reconciled;
  notes->adding |= added.custom_bounds_reconciled;
  return result;
}

SmoothedSample SmoothAt(const std::vector<Point>& around, int64_t t_ms) {
  SmoothedSample result;
  const Point* before = nullptr;
  const Point* after = nullptr;
  bool any_float = false;
  bool any_histogram = false;
  for (const Point& point : around) {
    (point.sample.is_histogram() ? any_histogram : any_float) = true;
    if (point.t_ms < t_ms) before = &point;
    if (point.t_ms >= t_ms && after == nullptr) after = &point;
  }
  result.mixed = any_float && any_histogram;
  if (result.mixed) return result;
  if (after != nullptr && after->t_ms == t_ms) {
    result.sample = after->sample;
  } else if (before == nullptr) {
    return result;
  } else if (after == nullptr) {
    result.sample = before->sample;
    if (any_histogram) {
      FloatHistogram carried = *before->sample.histogram;
      carried.counter_reset_hint = CounterResetHint::kUnknown;
      result.sample = Native(std::move(carried));
    }
  } else if (any_float) {
    result.sample = Float(Between(*before, *after, t_ms, false));
  } else {
    const auto is_gauge = [](const Point& point) { return point.sample.histogram->counter_reset_hint == CounterResetHint::kGauge; };
    const bool is_counter = !is_gauge(*before) || !is_gauge(*after);
    Result<FloatHistogram> between = FailedPreconditionError("mixed");
    if (before->sample.histogram->UsesCustomBuckets() == after->sample.histogram->UsesCustomBuckets()) {
      between = HistogramBetween(*before, *after, t_ms, is_counter, &result.notes);
    }
    result.mixed_schemas = !between.ok();
    if (between.ok()) result.sample = Native(std::move(between).value());
  }
  return result;
}

EdgeSamples FindEdges(const std::vector<Point>& points, int64_t left_ms, int64_t right_ms, bool smoothed) {
  EdgeSamples edges;
  if (points.empty()) return edges;
  edges.last = points.size() - 1;
  for (size_t i = 0; i < points.size() - 1; ++i) {
    if (points[i].t_ms <= left_ms) edges.first = i;
  }
  for (size_t i = points.size() - 1; smoothed && i-- > 0;) {
    if (points[i].t_ms >= right_ms) edges.last = i;
  }
  edges.any = points[edges.last].t_ms > left_ms && !(smoothed && points[edges.first].t_ms > right_ms);
  return edges;
}

}  // namespace epi::promqlref
