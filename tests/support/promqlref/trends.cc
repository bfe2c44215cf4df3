// changes and resets; deriv, predict_linear and double_exponential_smoothing.
#include <cmath>
#include <cstdio>
#include <limits>

#include "common/base/str_cat.h"
#include "common/series/float_histogram_math.h"
#include "tests/support/promqlref/ranges.h"
#include "tests/support/promqlref/totals.h"

namespace epi::promqlref {
namespace {

bool Changed(const Point& before, const Point& point) {
  const Sample& a = before.sample;
  const Sample& b = point.sample;
  if (a.is_histogram() != b.is_histogram()) return true;
  if (a.is_histogram()) return !series::EqualBits(*b.histogram, *a.histogram);
  return a.value != b.value && !(std::isnan(a.value) && std::isnan(b.value));
}

bool WasReset(const Point& before, const Point& point) {
  const Sample& a = before.sample;
  const Sample& b = point.sample;
  if (a.is_histogram() != b.is_histogram() || StartTimeReset(before, point)) return true;
  return a.is_histogram() ? series::DetectReset(*b.histogram, *a.histogram) : b.value < a.value;
}

template <auto kDiffers>
Result<Maybe> CountPairs(const Window& window) {
  std::vector<Point> points = window.All();
  if (window.edges == promql::RangeEdges::kAnchored) {
    std::optional<std::vector<Point>> anchored = FromAnchor(window);
    if (!anchored.has_value()) return Maybe();
    points = std::move(*anchored);
  }
  double count = 0;
  for (size_t i = 1; i < points.size(); ++i) count += kDiffers(points[i - 1], points[i]) ? 1 : 0;
  return Maybe(Float(count));
}

struct Line {
  double slope = 0;
  double at_origin = 0;
};

// Least squares, in seconds from the origin.
Line Fit(const std::vector<Point>& points, int64_t origin_ms) {
  CompensatedSum x_sum;
  CompensatedSum y_sum;
  CompensatedSum xy_sum;
  CompensatedSum xx_sum;
  bool constant = true;
  for (const Point& point : points) {
    const double x = Seconds(point.t_ms - origin_ms);
    const double y = point.sample.value;
    if (&point != &points.front() && y != points.front().sample.value) constant = false;
    x_sum.Add(x);
    y_sum.Add(y);
    xy_sum.Add(x * y);
    xx_sum.Add(x * x);
  }
  const double first = points.front().sample.value;
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  if (constant) return std::isinf(first) ? Line{kNan, kNan} : Line{0, first};
  const auto n = static_cast<double>(points.size());
  const double x = x_sum.sum + x_sum.lost;
  const double y = y_sum.sum + y_sum.lost;
  const double slope = (xy_sum.sum + xy_sum.lost - x * y / n) / (xx_sum.sum + xx_sum.lost - x * x / n);
  return {slope, y / n - slope * x / n};
}

// At least two floats are needed; histograms are passed over, which is said when there was any float.
bool TwoFloats(const Window& window) {
  if (window.mixed()) window.Annotate(promql::HistogramIgnoredInMixedRangeInfo(window.metric_name, window.position));
  return window.floats.size() >= 2;
}

Result<Maybe> Deriv(const Window& window) {
  if (!TwoFloats(window)) return Maybe();
  return Maybe(Float(Fit(window.floats, window.floats.front().t_ms).slope));
}

Result<Maybe> PredictLinear(const Window& window) {
  if (!TwoFloats(window)) return Maybe();
  const Line line = Fit(window.floats, window.t_ms);
  return Maybe(Float(line.slope * window.params[0] + line.at_origin));
}

Status CheckFactor(std::string_view what, std::string_view symbol, double factor) {
  if (!(factor <= 0) && !(factor >= 1)) return OkStatus();
  char text[400];
  std::snprintf(text, sizeof(text), std::isinf(factor) ? "%+f" : "%f", factor);
  std::string shown = text;
  if (std::isinf(factor)) shown = factor > 0 ? "+Inf" : "-Inf";
  return FailedPreconditionError(StrCat("invalid ", what, " factor. Expected: 0 < ", symbol, " < 1, got: ", shown));
}

Result<Maybe> DoubleExponentialSmoothing(const Window& window) {
  const double smoothing = window.params[0];
  const double trend = window.params[1];
  RETURN_IF_ERROR(CheckFactor("smoothing", "sf", smoothing));
  RETURN_IF_ERROR(CheckFactor("trend", "tf", trend));
  if (!TwoFloats(window)) return Maybe();
  const std::vector<Point>& points = window.floats;
  double before = 0;
  double level = points[0].sample.value;
  double slope = points[1].sample.value - points[0].sample.value;
  for (size_t i = 1; i < points.size(); ++i) {
    const double scaled = smoothing * points[i].sample.value;
    if (i > 1) {
      const double change = trend * (level - before);
      slope = change + (1 - trend) * slope;
    }
    const double rest = (1 - smoothing) * (level + slope);
    before = level;
    level = scaled + rest;
  }
  return Maybe(Float(level));
}

}  // namespace

RangeFunction FindTrend(std::string_view name) {
  if (name == "changes") return CountPairs<Changed>;
  if (name == "resets") return CountPairs<WasReset>;
  if (name == "deriv") return Deriv;
  if (name == "predict_linear") return PredictLinear;
  if (name == "double_exponential_smoothing") return DoubleExponentialSmoothing;
  return nullptr;
}

}  // namespace epi::promqlref
