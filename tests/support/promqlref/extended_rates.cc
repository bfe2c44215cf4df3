// rate, increase and delta of anchored and smoothed windows: no extrapolation, the edges are known.
#include "common/series/float_histogram_math.h"
#include "tests/support/promqlref/edges.h"
#include "tests/support/promqlref/ranges.h"

namespace epi::promqlref {
namespace {

using promql::HistogramOperation;
using promql::RangeEdges;
using series::CounterResetHint;

bool LeftBetween(const Window& window, const std::vector<Point>& points, const EdgeSamples& edges) {
  return window.edges == RangeEdges::kSmoothed && points[edges.first].t_ms < window.left_ms;
}
bool RightBetween(const Window& window, const std::vector<Point>& points, const EdgeSamples& edges) {
  return window.edges == RangeEdges::kSmoothed && edges.last > 0 && points[edges.last].t_ms > window.right_ms;
}

Maybe FloatChange(const Window& window, bool is_counter) {
  const std::vector<Point>& points = window.floats;
  const EdgeSamples edges = FindEdges(points, window.left_ms, window.right_ms, window.edges == RangeEdges::kSmoothed);
  if (!edges.any) return std::nullopt;
  double left = points[edges.first].sample.value;
  if (LeftBetween(window, points, edges)) left = Between(points[edges.first], points[edges.first + 1], window.left_ms, is_counter);
  double right = points[edges.last].sample.value;
  if (RightBetween(window, points, edges)) right = Between(points[edges.last - 1], points[edges.last], window.right_ms, is_counter);
  double change = right - left;
  if (!is_counter) return Float(change);
  double correction = 0;
  double before = left;
  for (size_t i = edges.first; i <= edges.last; ++i) {
    if (i == edges.first && points[i].t_ms <= window.left_ms) continue;
    if (i == edges.last && points[i].t_ms >= window.right_ms) continue;
    if (points[i].sample.value < before) correction += before;
    before = points[i].sample.value;
  }
  if (right < before) correction += before;
  return Float(change + correction);
}

void WarnMixedSchemas(const Window& window) {
  window.Annotate(promql::MixedExponentialCustomHistogramsWarning(window.metric_name, window.position));
}

bool CheckSamples(const Window& window, const EdgeSamples& edges, bool is_counter) {
  const std::vector<Point>& points = window.histograms;
  for (size_t i = edges.first; i <= edges.last; ++i) {
    const FloatHistogram& histogram = *points[i].sample.histogram;
    if (histogram.UsesCustomBuckets() != points[edges.first].sample.histogram->UsesCustomBuckets()) {
      WarnMixedSchemas(window);
      return false;
    }
    if (is_counter && histogram.counter_reset_hint == CounterResetHint::kGauge) {
      window.Annotate(promql::NativeHistogramNotCounterWarning(window.metric_name, window.position));
    }
  }
  return true;
}

bool Combine(const Window& window, HistogramOperation operation, const FloatHistogram& other, FloatHistogram* total) {
  const bool add = operation == HistogramOperation::kAddition;
  const auto notes = add ? series::Add(total, other) : series::Subtract(total, other);
  if (!notes.ok()) WarnMixedSchemas(window);
  NoteReconciled(window, notes.ok() && notes->custom_bounds_reconciled, operation);
  return notes.ok();
}

struct HistogramEdges {
  FloatHistogram left;
  FloatHistogram right;
};

Result<HistogramEdges> EdgeValues(const Window& window, const EdgeSamples& edges, bool is_counter) {
  const std::vector<Point>& points = window.histograms;
  HistogramEdges values{*points[edges.first].sample.histogram, *points[edges.last].sample.histogram};
  ReconciledNotes notes;
  if (LeftBetween(window, points, edges)) {
    values.left = TRY(HistogramBetween(points[edges.first], points[edges.first + 1], window.left_ms, is_counter, &notes));
  }
  if (RightBetween(window, points, edges)) {
    values.right = TRY(HistogramBetween(points[edges.last - 1], points[edges.last], window.right_ms, is_counter, &notes));
  }
  NoteReconciled(window, notes.subtracting, HistogramOperation::kSubtraction);
  NoteReconciled(window, notes.adding, HistogramOperation::kAddition);
  return values;
}

// What was lost at the resets between the edges.
bool AddCorrection(const Window& window, const EdgeSamples& edges, const HistogramEdges& values, FloatHistogram* change) {
  const std::vector<Point>& points = window.histograms;
  size_t next = edges.first + 1;
  const FloatHistogram* before = &values.left;
  if (LeftBetween(window, points, edges) &&
      series::DetectReset(*points[next].sample.histogram, *points[edges.first].sample.histogram)) {
    before = points[next].sample.histogram.get();  // Already part of the left edge.
    ++next;
  }
  if (next > edges.last) return true;
  std::optional<FloatHistogram> correction;
  const auto check = [&](const FloatHistogram& histogram) {
    if (!series::DetectReset(histogram, *before)) return true;
    if (correction.has_value()) return Combine(window, HistogramOperation::kAddition, *before, &*correction);
    correction = *before;
    return true;
  };
  for (; next < edges.last; ++next) {
    if (!check(*points[next].sample.histogram)) return false;
    before = points[next].sample.histogram.get();
  }
  if (!check(values.right)) return false;
  return !correction.has_value() || Combine(window, HistogramOperation::kAddition, *correction, change);
}

Maybe HistogramChange(const Window& window, bool is_counter, double divisor) {
  const std::vector<Point>& points = window.histograms;
  const EdgeSamples edges = FindEdges(points, window.left_ms, window.right_ms, window.edges == RangeEdges::kSmoothed);
  if (!edges.any || !CheckSamples(window, edges, is_counter)) return std::nullopt;
  const Result<HistogramEdges> values = EdgeValues(window, edges, is_counter);
  if (!values.ok()) {
    WarnMixedSchemas(window);
    return std::nullopt;
  }
  const bool gauges = values->left.counter_reset_hint == CounterResetHint::kGauge &&
                      values->right.counter_reset_hint == CounterResetHint::kGauge;
  if (!is_counter && !gauges) window.Annotate(promql::NativeHistogramNotGaugeWarning(window.metric_name, window.position));
  FloatHistogram change = values->right;
  if (!Combine(window, HistogramOperation::kSubtraction, values->left, &change)) return std::nullopt;
  if (is_counter && !AddCorrection(window, edges, *values, &change)) return std::nullopt;
  if (divisor != 1) series::Divide(&change, divisor);
  change.counter_reset_hint = CounterResetHint::kGauge;
  series::Compact(&change);
  return Native(std::move(change));
}

}  // namespace

Result<Maybe> ExtendedRate(const Window& window, bool is_counter, bool per_second) {
  const double divisor = per_second ? window.range_seconds : 1;
  if (window.floats.empty()) return HistogramChange(window, is_counter, divisor);
  Maybe change = FloatChange(window, is_counter);
  if (change.has_value()) change->value /= divisor;
  return change;
}

std::optional<std::vector<Point>> FromAnchor(const Window& window) {
  std::vector<Point> all = window.All();
  size_t anchor = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i].t_ms <= window.left_ms) anchor = i;
  }
  if (all.empty() || all.back().t_ms <= window.left_ms) return std::nullopt;
  all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(anchor));
  return all;
}

}  // namespace epi::promqlref
