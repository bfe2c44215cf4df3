// rate, increase and delta, with extrapolation to the window's edges.
#include "common/promql/functions/rate.h"

#include <algorithm>
#include <deque>

#include "common/promql/functions/extrapolation.h"
#include "common/promql/functions/histogram_rate.h"
#include "common/promql/functions/start_time.h"

namespace epi::promql {
namespace {

// Counter resets of a series, found once each; those inside a window are added up in order.
class FloatResets {
 public:
  // Looks at the window's new samples. Reports whether some pair of the window has overlapping start times.
  void Scan(const FloatWindow& window) {
    const size_t end = window.first + window.size;
    const double* values = window.values;
    for (size_t i = std::max(scanned_, window.first + 1); i < end; ++i) {
      const size_t k = i - window.first;
      if (values[k] < values[k - 1]) [[unlikely]] resets_.push_back({i, values[k - 1]});
    }
    if (window.start_times_ms != nullptr) ScanStartTimes(window);
    scanned_ = std::max(scanned_, end);
    while (!resets_.empty() && resets_.front().number <= window.first) resets_.pop_front();
  }
  // `change` plus the values lost at every reset inside the window.
  double Correct(double change) const {
    for (const Reset& reset : resets_) change += reset.value_before;
    return change;
  }
  bool OverlapIn(const FloatWindow& window) const { return last_overlap_ > window.first; }

 private:
  struct Reset {
    size_t number = 0;
    double value_before = 0;
  };
  // Adds the resets that only start times tell of, and puts them in order with those just found.
  void ScanStartTimes(const FloatWindow& window) {
    const int64_t* times = window.times_ms;
    const int64_t* starts = window.start_times_ms;
    const double* values = window.values;
    for (size_t i = std::max(scanned_, window.first + 1); i < window.first + window.size; ++i) {
      const size_t k = i - window.first;
      const bool reset = StartSaysReset(times[k - 1], starts[k - 1], times[k], starts[k]);
      if (reset && !(values[k] < values[k - 1])) resets_.push_back({i, values[k - 1]});
      if (StartOverlaps(times[k - 1], starts[k - 1], starts[k])) last_overlap_ = i;
    }
    std::sort(resets_.begin(), resets_.end(), [](const Reset& a, const Reset& b) { return a.number < b.number; });
  }

  std::deque<Reset> resets_;
  size_t scanned_ = 0;
  size_t last_overlap_ = 0;
};

template <bool kIsCounter, bool kPerSecond>
class RateKernel {
 public:
  explicit RateKernel(RangeRun* run)
      : run_(run), range_seconds_(static_cast<double>(run->range_ms) / 1000), histograms_(run, {kIsCounter, kPerSecond}) {}

  Status Step(const RangeFrame& frame) {
    if (!frame.histograms.empty()) {
      if (!frame.floats.empty()) {
        run_->annotator->Add(MixedFloatsHistogramsWarning(run_->metric_name, run_->position));
      } else {
        histograms_.Step(frame);
      }
      return OkStatus();
    }
    StepFloats(frame);
    return OkStatus();
  }

 private:
  void StepFloats(const RangeFrame& frame) {
    const FloatWindow& window = frame.floats;
    const size_t last = window.size - 1;
    const int64_t start_ms = kIsCounter ? CounterStart(window.StartTime(0), window.times_ms[0], frame.left_ms) : 0;
    if (window.size < 2 && start_ms == 0) return;
    double change = window.values[last] - (start_ms != 0 ? 0 : window.values[0]);
    if (kIsCounter) {
      resets_.Scan(window);
      change = resets_.Correct(change);
      TellAboutCounter();
      if (resets_.OverlapIn(window)) run_->annotator->Add(StartTimeOverlapWarning(run_->metric_name, run_->position));
    }
    double factor = extrapolation_.Factor({.left_ms = frame.left_ms,
                                           .right_ms = frame.right_ms,
                                           .first_ms = window.times_ms[0],
                                           .last_ms = window.times_ms[last],
                                           .samples = window.size,
                                           .start_ms = start_ms,
                                           .is_counter = kIsCounter,
                                           .first_value = window.values[0],
                                           .change = change});
    if (kPerSecond) factor /= range_seconds_;
    run_->out->SetFloat(frame.step, change * factor);
  }

  void TellAboutCounter() {
    if (told_) return;
    told_ = true;
    AddNonCounterInfo(*run_);
  }

  RangeRun* const run_;
  const double range_seconds_;
  FloatResets resets_;
  Extrapolation extrapolation_;
  HistogramRate histograms_;
  bool told_ = false;
};

template <bool kIsCounter, bool kPerSecond>
Status RunRate(RangeRun* run) {
  if (run->edges != RangeEdges::kPlain) return FindExtendedRangeFunction(run->function)(run);
  return RunWindows<RateKernel<kIsCounter, kPerSecond>>(run);
}

constexpr RangeFunction kFunctions[] = {
    {"rate", RunRate<true, true>},
    {"increase", RunRate<true, false>},
    {"delta", RunRate<false, false>},
};

bool LooksLikeCounter(std::string_view name) {
  for (const std::string_view suffix : {"_total", "_sum", "_count", "_bucket"}) {
    if (name.ends_with(suffix)) return true;
  }
  return false;
}

}  // namespace

int64_t CounterStart(int64_t start_ms, int64_t first_ms, int64_t left_ms) {
  return IsValidStart(start_ms, first_ms) && start_ms > left_ms ? start_ms : 0;
}

void AddNonCounterInfo(const RangeRun& run) {
  if (run.metric_name.empty()) return;
  if (run.type_labels) {
    if (run.type_label == "counter" || run.type_label == "histogram") return;
    run.annotator->Add(PossibleNonCounterLabelInfo(run.metric_name, run.type_label, run.position));
  } else if (!LooksLikeCounter(run.metric_name)) {
    run.annotator->Add(PossibleNonCounterInfo(run.metric_name, run.position));
  }
}

std::span<const RangeFunction> RateFunctions() { return kFunctions; }

}  // namespace epi::promql
