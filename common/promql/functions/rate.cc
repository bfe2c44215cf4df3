// rate, increase and delta, with extrapolation to the window's edges.
#include "common/promql/functions/rate.h"

#include <algorithm>
#include <array>
#include <deque>

#include "common/promql/functions/extrapolation.h"
#include "common/promql/functions/histogram_rate.h"
#include "common/promql/functions/rate_columns.h"
#include "common/promql/functions/start_time.h"
#include "common/series/scan.h"

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

// The same for blocks of windows without start times.
class BufferResets {
 public:
  // Looks at the samples of [begin, end) that are new, and forgets the resets that lie before.
  void Scan(const SampleFeed::FloatBuffer& buffer, size_t begin, size_t end) {
    const double* values = buffer.values;
    const size_t from = std::max(begin + 1, scanned_ > buffer.front ? scanned_ - buffer.front : 0);
    const bool any = from < end && series::Falls({values + from - 1, end - from + 1});
    for (size_t i = from; any && i < end; ++i) {
      if (values[i] < values[i - 1]) resets_.push_back({buffer.front + i, values[i - 1]});
    }
    scanned_ = std::max(scanned_, buffer.front + end);
    std::erase_if(resets_, [&](const Reset& reset) { return reset.number <= buffer.front + begin; });
  }
  bool none() const { return resets_.empty(); }
  // `change` plus the values lost inside the window of samples [first, end), in order.
  double Correct(double change, size_t first, size_t end) const {
    for (const Reset& reset : resets_) {
      if (reset.number > first && reset.number < end) change += reset.value_before;
    }
    return change;
  }

 private:
  struct Reset {
    size_t number = 0;
    double value_before = 0;
  };
  std::vector<Reset> resets_;
  size_t scanned_ = 0;  // Absolute number of the first sample not looked at.
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

  void TellAboutCounter() {
    if (told_) return;
    told_ = true;
    AddNonCounterInfo(*run_);
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

  RangeRun* const run_;
  const double range_seconds_;
  FloatResets resets_;
  Extrapolation extrapolation_;
  HistogramRate histograms_;
  bool told_ = false;
};

// Plain floats, a block of steps at a time: first where the windows lie, then their values in columns.
template <bool kIsCounter, bool kPerSecond>
class RateBlocks {
 public:
  explicit RateBlocks(RangeRun* run)
      : run_(run), lag_(run->shift.pinned() || run->range_ms % run->grid.step_ms != 0
                            ? 0
                            : static_cast<size_t>(run->range_ms / run->grid.step_ms)),
        kernel_(run) {}

  Status Run() {
    const size_t steps = run_->grid.steps();
    const bool gapless = run_->grid.step_ms <= run_->range_ms;
    if (gapless) run_->feed->PullAheadUntil(run_->shift.ReferenceTime(run_->grid.TimeAt(steps - 1)));
    size_t step = 0;
    while (step < steps) {
      RETURN_IF_ERROR(run_->feed->Advance(LeftAt(step), RightAt(step)));
      const SampleFeed::FloatBuffer buffer = run_->feed->float_buffer();
      if (!buffer.plain) return RunWindowsFrom(step, run_, &kernel_);
      const size_t located = Locate(buffer, step);
      Evaluate(buffer, step, located);
      step += located;
    }
    return OkStatus();
  }

 private:
  int64_t RightAt(size_t step) const { return run_->shift.ReferenceTime(run_->grid.TimeAt(step)); }
  int64_t LeftAt(size_t step) const { return RightAt(step) - run_->range_ms; }

  // Finds the windows of the steps from `step` on that the buffer covers: one at least. Returns how many.
  size_t Locate(const SampleFeed::FloatBuffer& buffer, size_t step) {
    const size_t count = std::min(run_->grid.steps() - step, RateColumns::kSteps);
    const int64_t* times = buffer.times_ms;
    size_t begin = buffer.begin;
    size_t end = buffer.end;
    size_t k = 0;
    for (; k < count; ++k) {
      const int64_t right_ms = RightAt(step + k);
      if (right_ms > buffer.complete_until_ms) break;
      while (end < buffer.size && times[end] <= right_ms) ++end;
      if (lag_ > 0 && k >= lag_) {
        begin = ends_[k - lag_];
      } else {
        const int64_t left_ms = right_ms - run_->range_ms;
        while (begin < end && times[begin] <= left_ms) ++begin;
      }
      begins_[k] = static_cast<uint32_t>(begin);
      ends_[k] = static_cast<uint32_t>(end);
    }
    run_->feed->MoveTo(begin, end);
    return k;
  }

  void Evaluate(const SampleFeed::FloatBuffer& buffer, size_t step, size_t count) {
    bool any = false;
    for (size_t k = 0; k < count; ++k) {
      const size_t size = ends_[k] - begins_[k];
      run_->points += static_cast<int64_t>(size);
      run_->points_max = std::max(run_->points_max, static_cast<int64_t>(size));
      if (size >= 2) {
        any = true;
        Gather(buffer, step, k);
        run_->out->valid.Set(step + k);
      } else {
        LeaveOut(k);
      }
    }
    if (!any) return;
    if (kIsCounter) {
      Correct(buffer, count);
      kernel_.TellAboutCounter();
    }
    ExtrapolateColumns(columns_, count, {kIsCounter, kPerSecond}, static_cast<double>(run_->range_ms) / 1000,
                       &run_->out->values[step]);
  }

  void Gather(const SampleFeed::FloatBuffer& buffer, size_t step, size_t k) {
    const size_t first = begins_[k];
    const size_t last = ends_[k] - 1;
    const int64_t first_ms = buffer.times_ms[first];
    const int64_t last_ms = buffer.times_ms[last];
    const int64_t right_ms = RightAt(step + k);
    columns_.first_value[k] = buffer.values[first];
    columns_.change[k] = buffer.values[last] - buffer.values[first];
    columns_.sampled_ms[k] = static_cast<double>(last_ms - first_ms);
    columns_.to_start_ms[k] = static_cast<double>(first_ms - (right_ms - run_->range_ms));
    columns_.to_end_ms[k] = static_cast<double>(right_ms - last_ms);
    columns_.gaps[k] = static_cast<double>(last - first);
  }

  // Any numbers will do: the step stays absent.
  void LeaveOut(size_t k) {
    columns_.first_value[k] = columns_.change[k] = columns_.to_start_ms[k] = columns_.to_end_ms[k] = 0;
    columns_.sampled_ms[k] = columns_.gaps[k] = 1;
  }

  // Adds what was lost at resets.
  void Correct(const SampleFeed::FloatBuffer& buffer, size_t count) {
    resets_.Scan(buffer, begins_[0], ends_[count - 1]);
    if (resets_.none()) return;
    for (size_t k = 0; k < count; ++k) {
      if (ends_[k] - begins_[k] < 2) continue;
      columns_.change[k] = resets_.Correct(columns_.change[k], buffer.front + begins_[k], buffer.front + ends_[k]);
    }
  }

  RangeRun* const run_;
  // Where the range is so many steps: a window starts where the window so many steps before ended. 0: it is not.
  const size_t lag_;
  RateKernel<kIsCounter, kPerSecond> kernel_;
  BufferResets resets_;
  RateColumns columns_;
  std::array<uint32_t, RateColumns::kSteps> begins_;
  std::array<uint32_t, RateColumns::kSteps> ends_;
};

template <bool kIsCounter, bool kPerSecond>
Status RunRate(RangeRun* run) {
  if (run->edges != RangeEdges::kPlain) return FindExtendedRangeFunction(run->function)(run);
  return RateBlocks<kIsCounter, kPerSecond>(run).Run();
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
