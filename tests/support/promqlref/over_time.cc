// The *_over_time functions.
#include <algorithm>
#include <cmath>
#include <limits>

#include "common/series/float_histogram_sum.h"
#include "tests/support/promqlref/nodes.h"
#include "tests/support/promqlref/ranges.h"
#include "tests/support/promqlref/totals.h"

namespace epi::promqlref {
namespace {

std::vector<double> ValuesOf(const std::vector<Point>& points) {
  std::vector<double> values;
  for (const Point& point : points) values.push_back(point.sample.value);
  return values;
}

// Functions of floats alone pass over histograms, and say so when there are both.
template <auto kFunction>
Result<Maybe> OfFloats(const Window& window) {
  if (window.floats.empty()) return Maybe();
  if (window.mixed()) window.Annotate(promql::HistogramIgnoredInMixedRangeInfo(window.metric_name, window.position));
  return Maybe(Float(kFunction(window)));
}

template <bool kMean>
Result<Maybe> Total(const Window& window) {
  if (window.mixed()) {
    window.Annotate(promql::MixedFloatsHistogramsWarning(window.metric_name, window.position));
    return Maybe();
  }
  if (window.histograms.empty()) {
    const std::vector<double> values = ValuesOf(window.floats);
    return Maybe(Float(kMean ? MeanOf(values) : SumOf(values, 0)));
  }
  HistogramTotal total(kMean);
  for (const Point& point : window.histograms) total.Add(*point.sample.histogram);
  if (total.incompatible()) {
    window.Annotate(promql::MixedExponentialCustomHistogramsWarning(window.metric_name, window.position));
    return Maybe();
  }
  if (total.collision()) {
    window.Annotate(promql::HistogramCounterResetCollisionWarning(promql::HistogramOperation::kAggregation, window.position));
  }
  NoteReconciled(window, total.reconciled(), promql::HistogramOperation::kAggregation);
  return Maybe(Native(total.Value()));
}

Result<Maybe> Count(const Window& window) {
  return Maybe(Float(static_cast<double>(window.floats.size() + window.histograms.size())));
}
Result<Maybe> Present(const Window& /*window*/) { return Maybe(Float(1)); }
Result<Maybe> First(const Window& window) { return Maybe(window.All().front().sample); }
Result<Maybe> Last(const Window& window) { return Maybe(window.All().back().sample); }
Result<Maybe> TimeOfFirst(const Window& window) { return Maybe(Float(Seconds(window.All().front().t_ms))); }
Result<Maybe> TimeOfLast(const Window& window) { return Maybe(Float(Seconds(window.All().back().t_ms))); }

// The extreme sample; of equal ones the first, or the last.
template <typename Better>
const Point& Extreme(const Window& window, bool take_last) {
  const Point* best = &window.floats.front();
  for (const Point& point : window.floats) {
    const double value = point.sample.value;
    const double so_far = best->sample.value;
    if (Better()(value, so_far) || std::isnan(so_far) || (take_last && value == so_far)) best = &point;
  }
  return *best;
}
double Max(const Window& window) { return Extreme<std::greater<>>(window, false).sample.value; }
double Min(const Window& window) { return Extreme<std::less<>>(window, false).sample.value; }
double TimeOfMax(const Window& window) { return Seconds(Extreme<std::greater<>>(window, true).t_ms); }
double TimeOfMin(const Window& window) { return Seconds(Extreme<std::less<>>(window, true).t_ms); }

double Variance(const Window& window) {
  CompensatedSum mean;
  CompensatedSum squares;
  double count = 0;
  for (const Point& point : window.floats) {
    const double value = point.sample.value;
    count += 1;
    const double delta = value - (mean.sum + mean.lost);
    mean.Add(delta / count);
    squares.Add(delta * (value - (mean.sum + mean.lost)));
  }
  return (squares.sum + squares.lost) / count;
}
double Deviation(const Window& window) { return std::sqrt(Variance(window)); }

double Quantile(const Window& window) {
  const double q = window.params[0];
  if (!(q >= 0 && q <= 1)) window.Annotate(promql::InvalidQuantileWarning(q, window.position));
  return QuantileOf(q, ValuesOf(window.floats));
}

double MedianDeviation(const Window& window) {
  std::vector<double> values = ValuesOf(window.floats);
  if (std::any_of(values.begin(), values.end(), [](double value) { return std::isnan(value); })) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const double median = QuantileOf(0.5, values);
  for (double& value : values) value = std::fabs(value - median);
  return QuantileOf(0.5, values);
}

struct Named {
  std::string_view name;
  RangeFunction function;
};

constexpr Named kFunctions[] = {
    {"avg_over_time", Total<true>},
    {"count_over_time", Count},
    {"first_over_time", First},
    {"last_over_time", Last},
    {"mad_over_time", OfFloats<MedianDeviation>},
    {"max_over_time", OfFloats<Max>},
    {"min_over_time", OfFloats<Min>},
    {"present_over_time", Present},
    {"quantile_over_time", OfFloats<Quantile>},
    {"stddev_over_time", OfFloats<Deviation>},
    {"stdvar_over_time", OfFloats<Variance>},
    {"sum_over_time", Total<false>},
    {"ts_of_first_over_time", TimeOfFirst},
    {"ts_of_last_over_time", TimeOfLast},
    {"ts_of_max_over_time", OfFloats<TimeOfMax>},
    {"ts_of_min_over_time", OfFloats<TimeOfMin>},
};

}  // namespace

RangeFunction FindOverTime(std::string_view name) {
  for (const Named& entry : kFunctions) {
    if (entry.name == name) return entry.function;
  }
  return nullptr;
}

}  // namespace epi::promqlref
