// rate, increase, delta, changes and resets over anchored and smoothed windows. No extrapolation: the edges are known.
#include <algorithm>

#include "common/promql/functions/edges.h"
#include "common/promql/functions/interpolate.h"
#include "common/promql/functions/merged_samples.h"
#include "common/promql/functions/rate.h"
#include "common/promql/operators/histogram_notes.h"

namespace epi::promql {
namespace {

using series::CounterResetHint;
using series::FloatHistogram;

RangeReach Reach(const RangeRun& run) {
  return {run.lookback_ms, run.edges == RangeEdges::kSmoothed ? run.lookback_ms : 0};
}

template <typename T>
SampleWindow<T> Part(const SampleWindow<T>& window, size_t from, size_t to) {
  SampleWindow<T> part = window;
  part.times_ms += from;
  part.values += from;
  if (part.start_times_ms != nullptr) part.start_times_ms += from;
  part.size = to - from;
  part.first += from;
  return part;
}

// A frame whose windows can be cut.
struct EdgeFrame {
  explicit EdgeFrame(const RangeFrame& frame)
      : step(frame.step), left_ms(frame.left_ms), right_ms(frame.right_ms), floats(frame.floats), histograms(frame.histograms) {}
  size_t step;
  int64_t left_ms;
  int64_t right_ms;
  FloatWindow floats;
  HistogramWindow histograms;
};

// Leaves the newest sample not after the left edge, of whatever kind, and all that follow.
void CutAtAnchor(EdgeFrame* frame) {
  const auto inside = [frame](const auto& window) {
    return static_cast<size_t>(std::upper_bound(window.times_ms, window.times_ms + window.size, frame->left_ms) - window.times_ms);
  };
  size_t f = inside(frame->floats);
  size_t h = inside(frame->histograms);
  if (f > 0 && (h == 0 || frame->floats.times_ms[f - 1] > frame->histograms.times_ms[h - 1])) {
    --f;
  } else if (h > 0) {
    --h;
  }
  frame->floats = Part(frame->floats, f, frame->floats.size);
  frame->histograms = Part(frame->histograms, h, frame->histograms.size);
}

// Is there a sample inside the window proper? REQUIRES: cut at the anchor.
bool AnyInside(const EdgeFrame& frame) {
  const FloatWindow& floats = frame.floats;
  const HistogramWindow& histograms = frame.histograms;
  return (!floats.empty() && floats.times_ms[floats.size - 1] > frame.left_ms) ||
         (!histograms.empty() && histograms.times_ms[histograms.size - 1] > frame.left_ms);
}

template <bool kIsCounter, bool kPerSecond>
class ExtendedRate {
 public:
  explicit ExtendedRate(RangeRun* run) : run_(run) {}

  Status Step(const RangeFrame& full) {
    EdgeFrame frame(full);
    if (!frame.floats.empty() && !frame.histograms.empty()) {
      run_->annotator->Add(MixedFloatsHistogramsWarning(run_->metric_name, run_->position));
      return OkStatus();
    }
    if (run_->edges == RangeEdges::kAnchored) CutAtAnchor(&frame);
    if (!frame.floats.empty()) {
      StepFloats(frame);
    } else if (!frame.histograms.empty()) {
      StepHistograms(frame);
    }
    return OkStatus();
  }

 private:
  double Scale() const { return kPerSecond ? static_cast<double>(run_->range_ms) / 1000 : 1; }
  template <typename T>
  WindowEdges Edges(const SampleWindow<T>& window, const EdgeFrame& frame) const {
    return FindEdges(window.times_ms, window.size, frame.left_ms, frame.right_ms, run_->edges);
  }

  void StepFloats(const EdgeFrame& frame) {
    const double* values = frame.floats.values;
    const WindowEdges edges = Edges(frame.floats, frame);
    if (!edges.any) return;
    const auto value_at = [values](const EdgePoint& point) {
      if (!point.between()) return values[point.at];
      return Interpolate(values[point.at], values[point.at + 1], point.way, kIsCounter);
    };
    const double left = value_at(edges.left);
    const double right = value_at(edges.right);
    double change = right - left;
    if (kIsCounter) change += LostAtResets(frame, edges, left, right);
    run_->out->SetFloat(frame.step, change / Scale());
    if (kIsCounter && !told_) AddNonCounterInfo(*run_);
    told_ = true;
  }

  // What the counter lost between the edges, whose values are known.
  static double LostAtResets(const EdgeFrame& frame, const WindowEdges& edges, double left, double right) {
    const FloatWindow& window = frame.floats;
    double lost = 0;
    double before = left;
    const auto visit = [&](double value) {
      if (value < before) lost += before;
      before = value;
    };
    for (size_t i = edges.left.at; i <= edges.right.at; ++i) {
      if (window.times_ms[i] > frame.left_ms && window.times_ms[i] < frame.right_ms) visit(window.values[i]);
    }
    visit(right);
    return lost;
  }

  void StepHistograms(const EdgeFrame& frame) {
    const HistogramWindow& window = frame.histograms;
    const WindowEdges edges = Edges(window, frame);
    if (!edges.any) return;
    if (!CheckSamples(window, edges)) return WarnMixed();
    const Result<FloatHistogram> left = ValueAt(window, edges.left);
    Result<FloatHistogram> change = ValueAt(window, edges.right);
    if (!change.ok() || !left.ok()) return WarnMixed();
    if (!kIsCounter && !(IsGauge(*left) && IsGauge(*change))) {
      run_->annotator->Add(NativeHistogramNotGaugeWarning(run_->metric_name, run_->position));
    }
    if (!Combined(series::Subtract(&*change, *left), HistogramOperation::kSubtraction)) return WarnMixed();
    for (size_t i = edges.pair_first; kIsCounter && i <= edges.pair_last; ++i) {
      if (!series::DetectReset(*window.values[i], *window.values[i - 1])) continue;
      if (!Combined(series::Add(&*change, *window.values[i - 1]), HistogramOperation::kAddition)) return WarnMixed();
    }
    series::Divide(&*change, Scale());
    change->counter_reset_hint = CounterResetHint::kGauge;
    series::Compact(&*change);
    run_->out->SetHistogram(frame.step, std::make_shared<const FloatHistogram>(std::move(change).value()));
  }

  // False when exponential and custom buckets are mixed. Warns about hints that do not fit the function.
  bool CheckSamples(const HistogramWindow& window, const WindowEdges& edges) const {
    bool any_gauge = false;
    for (size_t i = edges.sample_first; i <= edges.sample_last; ++i) {
      any_gauge |= IsGauge(*window.values[i]);
      if (window.values[i]->UsesCustomBuckets() != window.values[edges.sample_first]->UsesCustomBuckets()) return false;
    }
    if (kIsCounter && any_gauge) {
      run_->annotator->Add(NativeHistogramNotCounterWarning(run_->metric_name, run_->position));
    }
    return true;
  }

  static bool IsGauge(const FloatHistogram& histogram) { return histogram.counter_reset_hint == CounterResetHint::kGauge; }

  Result<FloatHistogram> ValueAt(const HistogramWindow& window, const EdgePoint& point) const {
    if (!point.between()) return FloatHistogram(*window.values[point.at]);
    InterpolationNotes notes;
    Result<FloatHistogram> value =
        Interpolate(*window.values[point.at], *window.values[point.at + 1], point.way.fraction(), kIsCounter, &notes);
    NoteReconciled(notes.subtracting, HistogramOperation::kSubtraction);
    NoteReconciled(notes.adding, HistogramOperation::kAddition);
    return value;
  }
  bool Combined(const Result<series::CombineNotes>& notes, HistogramOperation operation) const {
    NoteReconciled(notes.ok() && notes->custom_bounds_reconciled, operation);
    return notes.ok();
  }
  void NoteReconciled(bool reconciled, HistogramOperation operation) const {
    if (reconciled) run_->annotator->Add(MismatchedCustomBucketsInfo(operation, run_->position));
  }
  void WarnMixed() const {
    run_->annotator->Add(MixedExponentialCustomHistogramsWarning(run_->metric_name, run_->position));
  }

  RangeRun* const run_;
  bool told_ = false;
};

// Pairs of neighbours from the anchor on.
template <typename Differs>
class AnchoredPairCount {
 public:
  explicit AnchoredPairCount(RangeRun* run) : out_(run->out) {}
  Status Step(const RangeFrame& full) {
    EdgeFrame frame(full);
    CutAtAnchor(&frame);
    if (!AnyInside(frame)) return OkStatus();
    out_->SetFloat(frame.step, CountDifferingPairs<Differs>(frame.floats, frame.histograms));
    return OkStatus();
  }

 private:
  Column* const out_;
};

template <typename Kernel>
Status Run(RangeRun* run) {
  return RunWindows<Kernel>(run, Reach(*run));
}

}  // namespace

RangeFunctionRun FindExtendedRangeFunction(std::string_view name) {
  if (name == "rate") return Run<ExtendedRate<true, true>>;
  if (name == "increase") return Run<ExtendedRate<true, false>>;
  if (name == "delta") return Run<ExtendedRate<false, false>>;
  if (name == "changes") return Run<AnchoredPairCount<ValueChanges>>;
  if (name == "resets") return Run<AnchoredPairCount<CounterFalls>>;
  return nullptr;
}

}  // namespace epi::promql
