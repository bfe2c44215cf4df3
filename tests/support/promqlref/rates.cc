// rate, increase and delta; irate and idelta.
#include <algorithm>

#include "common/series/float_histogram_math.h"
#include "tests/support/promqlref/ranges.h"

namespace epi::promqlref {
namespace {

using promql::HistogramOperation;
using series::CounterResetHint;

bool IsGauge(const Point& point) { return point.sample.histogram->counter_reset_hint == CounterResetHint::kGauge; }
bool IsCustom(const Point& point) { return point.sample.histogram->UsesCustomBuckets(); }

bool StartsOverlap(const std::vector<Point>& points) {
  for (size_t i = 1; i < points.size(); ++i) {
    const int64_t start_ms = points[i].start_ms;
    if (start_ms != 0 && start_ms < points[i - 1].t_ms && start_ms != points[i - 1].start_ms) return true;
  }
  return false;
}

double FloatChange(const std::vector<Point>& points, bool is_counter) {
  double change = points.back().sample.value - points.front().sample.value;
  for (size_t i = 1; is_counter && i < points.size(); ++i) {
    const double before = points[i - 1].sample.value;
    if (points[i].sample.value < before || StartTimeReset(points[i - 1], points[i])) change += before;
  }
  return change;
}

bool HistogramReset(const Point& before, const Point& point) {
  return StartTimeReset(before, point) || series::DetectReset(*point.sample.histogram, *before.sample.histogram);
}

void WarnMixedSchemas(const Window& window) {
  window.Annotate(promql::MixedExponentialCustomHistogramsWarning(window.metric_name, window.position));
}

// Adds to or subtracts from *total; false, with a warning, when they do not go together.
bool Combine(const Window& window, HistogramOperation operation, const Point& point, FloatHistogram* total) {
  const bool add = operation == HistogramOperation::kAddition;
  const auto notes = add ? series::Add(total, *point.sample.histogram) : series::Subtract(total, *point.sample.histogram);
  if (notes.ok()) {
    NoteReconciled(window, notes->custom_bounds_reconciled, operation);
  } else {
    WarnMixedSchemas(window);
  }
  return notes.ok();
}

// False, with a warning, when exponential and custom buckets meet. `from` is the first sample whose layout counts.
bool CheckSchemas(const Window& window, bool is_counter, size_t from) {
  const std::vector<Point>& points = window.histograms;
  const auto warn_gauge = [&] { window.Annotate(promql::NativeHistogramNotCounterWarning(window.metric_name, window.position)); };
  if (is_counter && (IsGauge(points.front()) || IsGauge(points.back()))) warn_gauge();
  bool good = IsCustom(points[from]) == IsCustom(points.back());
  for (size_t i = 1; good && is_counter && i + 1 < points.size(); ++i) {
    if (IsGauge(points[i])) warn_gauge();
    good = IsCustom(points[i]) == IsCustom(points.back());
  }
  if (!good) WarnMixedSchemas(window);
  return good;
}

// No observations, in a histogram's layout.
Sample EmptyLike(const FloatHistogram& histogram) {
  FloatHistogram empty;
  empty.schema = histogram.schema;
  empty.custom_values = histogram.custom_values;
  return Native(std::move(empty));
}

// From the first to the last sample. Nothing, with a warning, when they do not go together. REQUIRES: two samples or more.
std::optional<FloatHistogram> HistogramChange(const Window& window, bool is_counter) {
  const std::vector<Point>& points = window.histograms;
  const bool skip_first = is_counter && HistogramReset(points[0], points[1]);
  const size_t from = skip_first ? 1 : 0;
  if (!CheckSchemas(window, is_counter, from)) return std::nullopt;
  FloatHistogram change = *points.back().sample.histogram;
  int32_t schema = std::min(change.schema, points[from].sample.histogram->schema);
  for (size_t i = 1; is_counter && i + 1 < points.size(); ++i) schema = std::min(schema, points[i].sample.histogram->schema);
  if (!change.UsesCustomBuckets()) series::ReduceToSchema(&change, schema);
  Point base = points[0];
  if (skip_first) base.sample = EmptyLike(*points[1].sample.histogram);
  if (!Combine(window, HistogramOperation::kSubtraction, base, &change)) return std::nullopt;
  for (size_t i = 2; is_counter && i < points.size(); ++i) {
    if (!HistogramReset(points[i - 1], points[i])) continue;
    if (!Combine(window, HistogramOperation::kAddition, points[i - 1], &change)) return std::nullopt;
  }
  if (!is_counter && !(IsGauge(points.front()) && IsGauge(points.back()))) {
    window.Annotate(promql::NativeHistogramNotGaugeWarning(window.metric_name, window.position));
  }
  change.counter_reset_hint = CounterResetHint::kGauge;
  series::Compact(&change);
  return change;
}

struct Slope {
  double first = 0;   // Value, or number of observations, of the first sample.
  double change = 0;
};

// By how much the change between first and last sample is stretched to the whole window.
double Stretch(const Window& window, const std::vector<Point>& points, bool is_counter, std::optional<int64_t> start_ms,
               const Slope& slope) {
  const double average = points.size() < 2 ? 0 : Seconds(points.back().t_ms - points.front().t_ms) / static_cast<double>(points.size() - 1);
  const double threshold = average * 1.1;
  const double sampled = Seconds(points.back().t_ms - start_ms.value_or(points.front().t_ms));
  double to_start = start_ms.has_value() ? 0 : Seconds(points.front().t_ms - window.left_ms);
  double to_end = Seconds(window.right_ms - points.back().t_ms);
  if (!start_ms.has_value()) {
    if (to_start >= threshold) to_start = average / 2;
    if (is_counter && slope.change > 0 && slope.first >= 0) to_start = std::min(to_start, sampled * (slope.first / slope.change));
  }
  if (to_end >= threshold) to_end = average / 2;
  return sampled == 0 ? 1 : (sampled + to_start + to_end) / sampled;
}

// The start of the first sample, when it lies inside of the window: there the counter was zero.
std::optional<int64_t> StartInside(const Window& window, const std::vector<Point>& points, bool is_counter) {
  const int64_t start_ms = points.front().start_ms;
  if (!is_counter || start_ms == 0 || start_ms <= window.left_ms || start_ms >= points.front().t_ms) return std::nullopt;
  return start_ms;
}

Result<Maybe> RateOfFloats(const Window& window, bool is_counter, bool per_second) {
  const std::vector<Point>& points = window.floats;
  if (is_counter && StartsOverlap(points)) {
    window.Annotate(promql::StartTimeOverlapWarning(window.metric_name, window.position));
  }
  const auto start_ms = StartInside(window, points, is_counter);
  if (points.size() < 2 && !start_ms.has_value()) return Maybe();
  double change = FloatChange(points, is_counter);
  if (start_ms.has_value()) change += points.front().sample.value;
  double factor = Stretch(window, points, is_counter, start_ms, {points.front().sample.value, change});
  if (per_second) factor /= window.range_seconds;
  return Maybe(Float(change * factor));
}

Result<Maybe> RateOfHistograms(const Window& window, bool is_counter, bool per_second) {
  const std::vector<Point>& points = window.histograms;
  const auto start_ms = StartInside(window, points, is_counter);
  std::optional<FloatHistogram> change;
  if (points.size() > 1) {
    change = HistogramChange(window, is_counter);
    if (!change.has_value()) return Maybe();
    if (is_counter && StartsOverlap(points)) {
      window.Annotate(promql::StartTimeOverlapWarning(window.metric_name, window.position));
    }
  } else if (!start_ms.has_value()) {
    return Maybe();
  }
  if (start_ms.has_value()) {
    if (!change.has_value()) {
      change = *points.front().sample.histogram;
    } else if (!Combine(window, HistogramOperation::kAddition, points.front(), &*change)) {
      return Maybe();
    }
  }
  double factor = Stretch(window, points, is_counter, start_ms, {points.front().sample.histogram->count, change->count});
  if (per_second) factor /= window.range_seconds;
  series::Multiply(&*change, factor);
  return Maybe(Native(std::move(*change)));
}

template <bool kIsCounter, bool kPerSecond>
Result<Maybe> Rate(const Window& window) {
  if (window.mixed()) {
    window.Annotate(promql::MixedFloatsHistogramsWarning(window.metric_name, window.position));
    return Maybe();
  }
  if (window.edges != promql::RangeEdges::kPlain) return ExtendedRate(window, kIsCounter, kPerSecond);
  return window.floats.empty() ? RateOfHistograms(window, kIsCounter, kPerSecond) : RateOfFloats(window, kIsCounter, kPerSecond);
}

std::optional<FloatHistogram> LastHistogramChange(const Window& window, const Point& before, const Point& last, bool is_rate) {
  if (is_rate && (IsGauge(before) || IsGauge(last))) {
    window.Annotate(promql::NativeHistogramNotCounterWarning(window.metric_name, window.position));
  }
  if (!is_rate && !(IsGauge(before) && IsGauge(last))) {
    window.Annotate(promql::NativeHistogramNotGaugeWarning(window.metric_name, window.position));
  }
  FloatHistogram change = *last.sample.histogram;
  const bool from_zero = is_rate && HistogramReset(before, last);
  if (!from_zero && !Combine(window, HistogramOperation::kSubtraction, before, &change)) return std::nullopt;
  change.counter_reset_hint = CounterResetHint::kGauge;
  series::Compact(&change);
  return change;
}

// Between the last two samples.
template <bool kIsRate>
Result<Maybe> LastChange(const Window& window) {
  const std::vector<Point> all = window.All();
  if (all.size() < 2) return Maybe();
  const Point& before = all[all.size() - 2];
  const Point& last = all.back();
  const double seconds = Seconds(last.t_ms - before.t_ms);
  if (seconds == 0) return Maybe();
  if (before.sample.is_histogram() != last.sample.is_histogram()) {
    window.Annotate(promql::MixedFloatsHistogramsWarning(window.metric_name, window.position));
    return Maybe();
  }
  if (last.sample.is_histogram()) {
    std::optional<FloatHistogram> change = LastHistogramChange(window, before, last, kIsRate);
    if (!change.has_value()) return Maybe();
    if (kIsRate) series::Divide(&*change, seconds);
    return Maybe(Native(std::move(*change)));
  }
  const bool from_zero = kIsRate && (last.sample.value < before.sample.value || StartTimeReset(before, last));
  const double change = last.sample.value - (from_zero ? 0 : before.sample.value);
  return Maybe(Float(kIsRate ? change / seconds : change));
}

}  // namespace

RangeFunction FindRate(std::string_view name) {
  if (name == "rate") return Rate<true, true>;
  if (name == "increase") return Rate<true, false>;
  if (name == "delta") return Rate<false, false>;
  if (name == "irate") return LastChange<true>;
  if (name == "idelta") return LastChange<false>;
  return nullptr;
}

}  // namespace epi::promqlref
