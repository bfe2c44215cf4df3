// deriv, predict_linear, double_exponential_smoothing; irate, idelta; changes, resets.
#include <algorithm>

#include "common/promql/functions/histogram_rate.h"
#include "common/promql/functions/kahan.h"
#include "common/promql/functions/merged_samples.h"
#include "common/promql/functions/range_function.h"
#include "common/promql/functions/start_time.h"
#include "common/promql/operators/histogram_notes.h"
#include "common/base/str_cat.h"
#include "common/promql/number_text.h"

namespace epi::promql {
namespace {

struct Line {
  double slope = 0;
  double intercept = 0;  // At the origin.
};

// Least squares over the window, with `origin_ms` as time 0 and seconds as unit. REQUIRES: two samples or more.
Line FitLine(const FloatWindow& window, int64_t origin_ms) {
  KahanSum x_sum;
  KahanSum y_sum;
  KahanSum xy_sum;
  KahanSum xx_sum;
  const double first = window.values[0];
  bool constant = true;
  for (size_t i = 0; i < window.size; ++i) {
    const double y = window.values[i];
    constant = constant && (i == 0 || y == first);
    const double x = static_cast<double>(window.times_ms[i] - origin_ms) / 1000;
    x_sum.Add(x);
    y_sum.Add(y);
    xy_sum.Add(x * y);
    xx_sum.Add(x * x);
  }
  if (constant) {
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    return std::isinf(first) ? Line{kNan, kNan} : Line{0, first};
  }
  const auto n = static_cast<double>(window.size);
  const double covariance = xy_sum.Total() - x_sum.Total() * y_sum.Total() / n;
  const double variance = xx_sum.Total() - x_sum.Total() * x_sum.Total() / n;
  const double slope = covariance / variance;
  return {slope, y_sum.Total() / n - slope * x_sum.Total() / n};
}

class Deriv {
 public:
  explicit Deriv(RangeRun* run) : out_(run->out) {}
  Status Step(const RangeFrame& frame) {
    if (frame.floats.size >= 2) out_->SetFloat(frame.step, FitLine(frame.floats, frame.floats.times_ms[0]).slope);
    return OkStatus();
  }

 private:
  Column* const out_;
};

class PredictLinear {
 public:
  explicit PredictLinear(RangeRun* run) : run_(run) {}
  Status Step(const RangeFrame& frame) {
    if (frame.floats.size < 2) return OkStatus();
    const Line line = FitLine(frame.floats, frame.t_ms);
    run_->out->SetFloat(frame.step, line.slope * run_->params[0]->At(frame.step) + line.intercept);
    return OkStatus();
  }

 private:
  RangeRun* const run_;
};

class DoubleExponentialSmoothing {
 public:
  explicit DoubleExponentialSmoothing(RangeRun* run) : run_(run) {}
  Status Step(const RangeFrame& frame) {
    const double smoothing = run_->params[0]->At(frame.step);
    const double trend = run_->params[1]->At(frame.step);
    if (smoothing <= 0 || smoothing >= 1) return BadFactor("smoothing", 's', smoothing);
    if (trend <= 0 || trend >= 1) return BadFactor("trend", 't', trend);
    const FloatWindow& window = frame.floats;
    if (!window.empty() && !frame.histograms.empty()) {
      run_->annotator->Add(HistogramIgnoredInMixedRangeInfo(run_->metric_name, run_->position));
    }
    if (window.size < 2) return OkStatus();
    double level = window.values[0];
    double slope = window.values[1] - window.values[0];
    for (size_t i = 1; i < window.size; ++i) {
      if (i > 1) slope = trend * (level - previous_level_) + (1 - trend) * slope;
      previous_level_ = level;
      level = smoothing * window.values[i] + (1 - smoothing) * (level + slope);
    }
    run_->out->SetFloat(frame.step, level);
    return OkStatus();
  }

 private:
  static Status BadFactor(std::string_view what, char letter, double value) {
    return FailedPreconditionError(StrCat("invalid ", what, " factor. Expected: 0 < ", letter, "f < 1, got: ", FormatFixed(value, 6)));
  }
  RangeRun* const run_;
  double previous_level_ = 0;
};

// The difference of the last two samples.
template <bool kIsRate>
class LastDifference {
 public:
  explicit LastDifference(RangeRun* run) : run_(run) {}
  Status Step(const RangeFrame& frame) {
    const auto [before, last] = LastTwo(frame);
    if (before.t_ms == last.t_ms || !before.present()) return OkStatus();
    if (before.is_histogram() != last.is_histogram()) {
      run_->annotator->Add(MixedFloatsHistogramsWarning(run_->metric_name, run_->position));
    } else if (last.is_histogram()) {
      StepHistograms(frame.step, before, last);
    } else {
      const bool reset = kIsRate && (last.value < before.value || StartReset(before, last));
      const double difference = reset ? last.value : last.value - before.value;
      run_->out->SetFloat(frame.step, kIsRate ? difference / Distance(before, last) : difference);
    }
    return OkStatus();
  }

 private:
  static double Distance(const AnySample& before, const AnySample& last) {
    return static_cast<double>(last.t_ms - before.t_ms) / 1000;
  }
  static bool StartReset(const AnySample& before, const AnySample& last) {
    return StartSaysReset(before.t_ms, before.start_ms, last.t_ms, last.start_ms);
  }
  void StepHistograms(size_t step, const AnySample& before, const AnySample& last) {
    const auto is_gauge = [](const AnySample& sample) {
      return (*sample.histogram)->counter_reset_hint == series::CounterResetHint::kGauge;
    };
    if (kIsRate && (is_gauge(before) || is_gauge(last))) {
      run_->annotator->Add(NativeHistogramNotCounterWarning(run_->metric_name, run_->position));
    }
    if (!kIsRate && !(is_gauge(before) && is_gauge(last))) {
      run_->annotator->Add(NativeHistogramNotGaugeWarning(run_->metric_name, run_->position));
    }
    auto result = std::make_shared<series::FloatHistogram>(**last.histogram);
    const bool reset = kIsRate && (series::DetectReset(**last.histogram, **before.histogram) || StartReset(before, last));
    if (!reset) {
      const Result<series::CombineNotes> notes = series::Subtract(result.get(), **before.histogram);
      if (!notes.ok()) {
        run_->annotator->Add(MixedExponentialCustomHistogramsWarning(run_->metric_name, run_->position));
        return;
      }
      if (notes->custom_bounds_reconciled) {
        run_->annotator->Add(MismatchedCustomBucketsInfo(HistogramOperation::kSubtraction, run_->position));
      }
    }
    if (kIsRate) series::Divide(result.get(), Distance(before, last));
    result->counter_reset_hint = series::CounterResetHint::kGauge;
    series::Compact(result.get());
    run_->out->SetHistogram(step, std::move(result));
  }

  RangeRun* const run_;
};

// Counts pairs of neighbouring samples for which `Differs` holds.
template <typename Differs>
class PairCount {
 public:
  explicit PairCount(RangeRun* run) : out_(run->out) {}
  Status Step(const RangeFrame& frame) {
    out_->SetFloat(frame.step, CountDifferingPairs<Differs>(frame.floats, frame.histograms));
    return OkStatus();
  }

 private:
  Column* const out_;
};

template <typename Kernel>
Status Run(RangeRun* run) {
  if (run->edges != RangeEdges::kPlain) return FindExtendedRangeFunction(run->function)(run);
  return RunWindows<Kernel>(run);
}
template <typename Kernel>
Status RunFloats(RangeRun* run) {
  return RunWindows<FloatsOnly<Kernel>>(run);
}

constexpr RangeFunction kFunctions[] = {
    {"changes", Run<PairCount<ValueChanges>>},
    {"deriv", RunFloats<Deriv>},
    {"double_exponential_smoothing", Run<DoubleExponentialSmoothing>},
    {"idelta", Run<LastDifference<false>>},
    {"irate", Run<LastDifference<true>>},
    {"predict_linear", RunFloats<PredictLinear>},
    {"resets", Run<PairCount<CounterFalls>>},
};

}  // namespace

std::span<const RangeFunction> TrendFunctions() { return kFunctions; }

}  // namespace epi::promql
