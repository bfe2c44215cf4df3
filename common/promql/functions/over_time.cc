// The *_over_time functions that look at floats, or only at whether and when there are samples.
#include <algorithm>
#include <deque>

#include "common/promql/functions/histogram_over_time.h"
#include "common/promql/functions/kahan.h"
#include "common/promql/functions/quantile.h"
#include "common/promql/functions/range_function.h"
#include "common/promql/functions/sliding_total.h"
#include "common/promql/functions/sorted_window.h"

namespace epi::promql {
namespace {

double Seconds(int64_t ms) { return static_cast<double>(ms) / 1000; }

class CountOverTime {
 public:
  explicit CountOverTime(RangeRun* run) : out_(run->out) {}
  Status Step(const RangeFrame& frame) {
    out_->SetFloat(frame.step, static_cast<double>(frame.floats.size + frame.histograms.size));
    return OkStatus();
  }

 private:
  Column* const out_;
};

class PresentOverTime {
 public:
  explicit PresentOverTime(RangeRun* run) : out_(run->out) {}
  Status Step(const RangeFrame& frame) {
    out_->SetFloat(frame.step, 1);
    return OkStatus();
  }

 private:
  Column* const out_;
};

class SumOverTime {
 public:
  explicit SumOverTime(RangeRun* run) : run_(run) {}
  Status Step(const RangeFrame& frame) {
    if (!frame.histograms.empty()) {
      SumHistogramsOverTime(run_, frame, HistogramTotal::kSum);
      return OkStatus();
    }
    run_->out->SetFloat(frame.step, Sum(frame.floats).Total());
    return OkStatus();
  }

 private:
  KahanSum Sum(const FloatWindow& window) {
    if (window.size >= kSlidingWindowMin) return sliding_.Of(window);
    KahanSum sum;
    for (size_t i = 0; i < window.size; ++i) sum.Add(window.values[i]);
    return sum;
  }

  RangeRun* const run_;
  SlidingTotal<KahanSum> sliding_;
};

class AvgOverTime {
 public:
  explicit AvgOverTime(RangeRun* run) : run_(run) {}
  Status Step(const RangeFrame& frame) {
    if (!frame.histograms.empty()) {
      SumHistogramsOverTime(run_, frame, HistogramTotal::kMean);
      return OkStatus();
    }
    run_->out->SetFloat(frame.step, Mean(frame.floats));
    return OkStatus();
  }

 private:
  double Mean(const FloatWindow& window) {
    if (window.size >= kSlidingWindowMin) {
      const KahanSum sum = sliding_.Of(window);
      const auto count = static_cast<double>(window.size);
      if (std::isfinite(sum.sum)) return sum.sum / count + sum.compensation / count;
    }
    KahanMean mean;
    for (size_t i = 0; i < window.size; ++i) mean.Add(window.values[i]);
    return mean.Mean();
  }

  RangeRun* const run_;
  SlidingTotal<KahanSum> sliding_;
};

// The extreme of a sliding window: a queue of candidates, none worse than any that follows it in time. Of equal ones the first counts
// (0 and -0 are equal).
template <typename Better>
class ExtremeOverTime {
 public:
  explicit ExtremeOverTime(RangeRun* run) : out_(run->out) {}
  Status Step(const RangeFrame& frame) {
    const FloatWindow& window = frame.floats;
    const size_t end = window.first + window.size;
    while (!candidates_.empty() && candidates_.front().number < window.first) candidates_.pop_front();
    for (size_t i = std::max(scanned_, window.first); i < end; ++i) {
      const double value = window.values[i - window.first];
      if (std::isnan(value)) continue;
      while (!candidates_.empty() && Better()(value, candidates_.back().value)) candidates_.pop_back();
      candidates_.push_back({i, value});
    }
    scanned_ = end;
    // A window of NaNs alone is NaN.
    out_->SetFloat(frame.step, candidates_.empty() ? window.values[0] : candidates_.front().value);
    return OkStatus();
  }

 private:
  struct Candidate {
    size_t number = 0;
    double value = 0;
  };
  Column* const out_;
  std::deque<Candidate> candidates_;
  size_t scanned_ = 0;
};

// When the extreme was: the last sample that has it.
template <typename Better>
class TimeOfExtreme {
 public:
  explicit TimeOfExtreme(RangeRun* run) : out_(run->out) {}
  Status Step(const RangeFrame& frame) {
    const FloatWindow& window = frame.floats;
    size_t best = 0;
    for (size_t i = 1; i < window.size; ++i) {
      if (std::isnan(window.values[best]) || !Better()(window.values[best], window.values[i])) {
        if (!std::isnan(window.values[i]) || std::isnan(window.values[best])) best = i;
      }
    }
    out_->SetFloat(frame.step, Seconds(window.times_ms[best]));
    return OkStatus();
  }

 private:
  Column* const out_;
};

struct Less {
  bool operator()(double a, double b) const { return a < b; }
};
struct Greater {
  bool operator()(double a, double b) const { return a > b; }
};

template <bool kSquareRoot>
class SpreadOverTime {
 public:
  explicit SpreadOverTime(RangeRun* run) : out_(run->out) {}
  Status Step(const RangeFrame& frame) {
    const double variance = Variance(frame.floats);
    out_->SetFloat(frame.step, kSquareRoot ? std::sqrt(variance) : variance);
    return OkStatus();
  }

 private:
  double Variance(const FloatWindow& window) {
    if (window.size >= kSlidingWindowMin) {
      const double variance = sliding_.Of(window).Variance();
      if (std::isfinite(variance)) return variance;
    }
    KahanVariance variance;
    for (size_t i = 0; i < window.size; ++i) variance.Add(window.values[i]);
    return variance.Variance();
  }

  Column* const out_;
  SlidingTotal<MergeableVariance> sliding_;
};

class QuantileOverTime {
 public:
  explicit QuantileOverTime(RangeRun* run) : run_(run) {}
  Status Step(const RangeFrame& frame) {
    const double q = run_->params[0]->At(frame.step);
    if (!(q >= 0 && q <= 1)) run_->annotator->Add(InvalidQuantileWarning(q, run_->position));
    run_->out->SetFloat(frame.step, QuantileOfSorted(q, sorted_.Of(frame.floats)));
    return OkStatus();
  }

 private:
  RangeRun* const run_;
  SortedWindow sorted_;
};

// Median of the distances from the median.
class MadOverTime {
 public:
  explicit MadOverTime(RangeRun* run) : out_(run->out) {}
  Status Step(const RangeFrame& frame) {
    const FloatWindow& window = frame.floats;
    values_.assign(window.values, window.values + window.size);
    if (std::any_of(values_.begin(), values_.end(), [](double v) { return std::isnan(v); })) {
      out_->SetFloat(frame.step, std::numeric_limits<double>::quiet_NaN());
      return OkStatus();
    }
    const double median = QuantileOf(0.5, &values_);
    for (double& value : values_) value = std::fabs(value - median);
    out_->SetFloat(frame.step, QuantileOf(0.5, &values_));
    return OkStatus();
  }

 private:
  Column* const out_;
  std::vector<double> values_;
};

// First or last sample, whatever its kind, or when it was.
template <bool kLast, bool kTime>
class EdgeOverTime {
 public:
  explicit EdgeOverTime(RangeRun* run) : out_(run->out) {}
  Status Step(const RangeFrame& frame) {
    const FloatWindow& floats = frame.floats;
    const HistogramWindow& histograms = frame.histograms;
    const size_t f = kLast && !floats.empty() ? floats.size - 1 : 0;
    const size_t h = kLast && !histograms.empty() ? histograms.size - 1 : 0;
    bool take_float = histograms.empty();
    if (!floats.empty() && !histograms.empty()) {
      take_float = kLast ? floats.times_ms[f] > histograms.times_ms[h] : floats.times_ms[f] < histograms.times_ms[h];
    }
    if (kTime) {
      out_->SetFloat(frame.step, Seconds(take_float ? floats.times_ms[f] : histograms.times_ms[h]));
    } else if (take_float) {
      out_->SetFloat(frame.step, floats.values[f]);
    } else {
      out_->SetHistogram(frame.step, histograms.values[h]);
    }
    return OkStatus();
  }

 private:
  Column* const out_;
};

template <typename Kernel>
Status Run(RangeRun* run) {
  return RunWindows<Kernel>(run);
}
template <typename Kernel>
Status RunFloats(RangeRun* run) {
  return RunWindows<FloatsOnly<Kernel>>(run);
}

constexpr RangeFunction kFunctions[] = {
    {"avg_over_time", Run<AvgOverTime>},
    {"count_over_time", Run<CountOverTime>},
    {"first_over_time", Run<EdgeOverTime<false, false>>, true},
    {"last_over_time", Run<EdgeOverTime<true, false>>, true},
    {"mad_over_time", RunFloats<MadOverTime>},
    {"max_over_time", RunFloats<ExtremeOverTime<Greater>>},
    {"min_over_time", RunFloats<ExtremeOverTime<Less>>},
    {"present_over_time", Run<PresentOverTime>},
    {"quantile_over_time", RunFloats<QuantileOverTime>},
    {"stddev_over_time", RunFloats<SpreadOverTime<true>>},
    {"stdvar_over_time", RunFloats<SpreadOverTime<false>>},
    {"sum_over_time", Run<SumOverTime>},
    {"ts_of_first_over_time", Run<EdgeOverTime<false, true>>},
    {"ts_of_last_over_time", Run<EdgeOverTime<true, true>>},
    {"ts_of_max_over_time", RunFloats<TimeOfExtreme<Greater>>},
    {"ts_of_min_over_time", RunFloats<TimeOfExtreme<Less>>},
};

}  // namespace

std::span<const RangeFunction> OverTimeFunctions() { return kFunctions; }

}  // namespace epi::promql
