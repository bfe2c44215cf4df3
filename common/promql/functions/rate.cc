// rate, increase and delta, with extrapolation to the window's edges.
#include "common/promql/functions/rate.h"

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
    for (size_t i = std::max(scanned_, window.first + 1); i < end; ++i) {
      const size_t k = i - window.first;
      if (window.values[k] < window.values[k - 1] || StartReset(window, k)) resets_.push_back({i, window.values[k - 1]});
      if (Overlaps(window, k)) last_overlap_ = i;
    }
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
  static bool StartReset(const FloatWindow& window, size_t k) {
    if (window.start_times_ms == nullptr) return false;
    return StartSaysReset(window.times_ms[k - 1], window.start_times_ms[k - 1], window.times_ms[k], window.start_times_ms[k]);
  }
  static bool Overlaps(const FloatWindow& window, size_t k) {
    if (window.start_times_ms == nullptr) return false;
    return StartOverlaps(window.times_ms[k - 1], window.start_times_ms[k - 1], window.start_times_ms[k]);
  }

  std::deque<Reset> resets_;
  size_t scanned_ = 0;
  size_t last_overlap_ = 0;
};

template <bool kIsCounter, bool kPerSecond>
class RateKernel {
 public:
  explicit RateKernel(RangeRun* run) : run_(run), histograms_(run, {kIsCounter, kPerSecond}) {}

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
    Extrapolation extrapolation;
    extrapolation.left_ms = frame.left_ms;
    extrapolation.right_ms = frame.right_ms;
    extrapolation.first_ms = window.times_ms[0];
    extrapolation.last_ms = window.times_ms[last];
    extrapolation.samples = window.size;
    extrapolation.start_ms = start_ms;
    extrapolation.is_counter = kIsCounter;
    extrapolation.first_value = window.values[0];
    extrapolation.change = change;
    double factor = extrapolation.Factor();
    if (kPerSecond) factor /= static_cast<double>(run_->range_ms) / 1000;
    run_->out->SetFloat(frame.step, change * factor);
  }

  void TellAboutCounter() {
    if (told_) return;
    told_ = true;
    AddNonCounterInfo(*run_);
  }

  RangeRun* const run_;
  FloatResets resets_;
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
