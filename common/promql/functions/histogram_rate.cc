#include "common/promql/functions/histogram_rate.h"

#include <algorithm>

#include "common/promql/functions/extrapolation.h"
#include "common/promql/functions/rate.h"
#include "common/promql/functions/start_time.h"
#include "common/promql/operators/histogram_notes.h"

namespace epi::promql {
namespace {

using series::CounterResetHint;
using series::FloatHistogram;

bool IsGauge(const FloatHistogram& histogram) { return histogram.counter_reset_hint == CounterResetHint::kGauge; }

// Nothing, in the layout of `histogram`: taking it away leaves the counts, but brings the bounds together.
FloatHistogram EmptyLike(const FloatHistogram& histogram) {
  FloatHistogram empty;
  empty.schema = histogram.schema;
  empty.custom_values = histogram.custom_values;
  return empty;
}

// The coarsest schema of the samples that play a part: all from `from` on, or of a gauge the first and the last.
int32_t MinSchema(const HistogramWindow& window, size_t from, bool is_counter) {
  int32_t schema = std::min(window.values[from]->schema, window.values[window.size - 1]->schema);
  for (size_t i = from + 1; is_counter && i < window.size; ++i) schema = std::min(schema, window.values[i]->schema);
  return schema;
}

}  // namespace

void HistogramResets::Scan(const HistogramWindow& window) {
  while (!resets_.empty() && first_ < window.first) {
    resets_.pop_front();
    ++first_;
  }
  if (resets_.empty()) first_ = window.first;
  for (size_t i = first_ + resets_.size() - window.first; i < window.size; ++i) {
    if (i == 0) {
      resets_.push_back(false);  // Its predecessor is outside of every later window, too.
      continue;
    }
    bool reset = series::DetectReset(*window.values[i], *window.values[i - 1]);
    if (window.start_times_ms != nullptr) {
      const int64_t* times = window.times_ms;
      const int64_t* starts = window.start_times_ms;
      reset = reset || StartSaysReset(times[i - 1], starts[i - 1], times[i], starts[i]);
      if (StartOverlaps(times[i - 1], starts[i - 1], starts[i])) last_overlap_ = window.first + i;
    }
    resets_.push_back(reset);
  }
}

bool HistogramRate::CheckWindow(const HistogramWindow& window, bool skip_first) const {
  const FloatHistogram& last = *window.values[window.size - 1];
  // A gauge's samples in between do not matter.
  const size_t end = mode_.is_counter ? window.size : 1;
  for (size_t i = skip_first ? 1 : 0; i < end; ++i) {
    if (window.values[i]->UsesCustomBuckets() != last.UsesCustomBuckets()) {
      run_->annotator->Add(MixedExponentialCustomHistogramsWarning(run_->metric_name, run_->position));
      return false;
    }
  }
  bool any_gauge = false;
  for (size_t i = 0; i < window.size; ++i) any_gauge |= IsGauge(*window.values[i]);
  if (mode_.is_counter && any_gauge) {
    run_->annotator->Add(NativeHistogramNotCounterWarning(run_->metric_name, run_->position));
  }
  if (!mode_.is_counter && (!IsGauge(*window.values[0]) || !IsGauge(last))) {
    run_->annotator->Add(NativeHistogramNotGaugeWarning(run_->metric_name, run_->position));
  }
  return true;
}

std::shared_ptr<FloatHistogram> HistogramRate::Change(const HistogramWindow& window, bool from_zero) {
  const bool reset_after_first = mode_.is_counter && window.size > 1 && resets_.Before(window, 1);
  const bool ignore_first = reset_after_first && !from_zero;
  if (!CheckWindow(window, ignore_first)) return nullptr;
  auto change = std::make_shared<FloatHistogram>(*window.values[window.size - 1]);
  if (!change->UsesCustomBuckets()) series::ReduceToSchema(change.get(), MinSchema(window, ignore_first ? 1 : 0, mode_.is_counter));
  const auto combine = [this](Result<series::CombineNotes> notes, HistogramOperation operation) {
    if (notes.ok() && notes->custom_bounds_reconciled) {
      run_->annotator->Add(MismatchedCustomBucketsInfo(operation, run_->position));
    }
    return notes.ok();
  };
  const bool has_base = !from_zero && !ignore_first;
  bool good = from_zero || combine(series::Subtract(change.get(), ignore_first ? EmptyLike(*window.values[1]) : *window.values[0]),
                                   HistogramOperation::kSubtraction);
  if (mode_.is_counter) {
    for (size_t i = has_base || from_zero ? 1 : 2; good && i < window.size; ++i) {
      if (resets_.Before(window, i)) {
        good = combine(series::Add(change.get(), *window.values[i - 1]), HistogramOperation::kAddition);
      }
    }
  }
  if (!good) {
    run_->annotator->Add(MixedExponentialCustomHistogramsWarning(run_->metric_name, run_->position));
    return nullptr;
  }
  return change;
}

void HistogramRate::Step(const RangeFrame& frame) {
  const HistogramWindow& window = frame.histograms;
  const int64_t start_ms = mode_.is_counter ? CounterStart(window.StartTime(0), window.times_ms[0], frame.left_ms) : 0;
  if (mode_.is_counter) resets_.Scan(window);
  if (window.size < 2 && start_ms == 0) return;
  const std::shared_ptr<FloatHistogram> change = Change(window, start_ms != 0);
  if (change == nullptr) return;
  if (resets_.OverlapIn(window)) run_->annotator->Add(StartTimeOverlapWarning(run_->metric_name, run_->position));
  double factor = Extrapolation().Factor({.left_ms = frame.left_ms,
                                          .right_ms = frame.right_ms,
                                          .first_ms = window.times_ms[0],
                                          .last_ms = window.times_ms[window.size - 1],
                                          .samples = window.size,
                                          .start_ms = start_ms,
                                          .is_counter = mode_.is_counter,
                                          .first_value = window.values[0]->count,
                                          .change = change->count});
  if (mode_.per_second) factor /= static_cast<double>(run_->range_ms) / 1000;
  series::Multiply(change.get(), factor);
  change->counter_reset_hint = CounterResetHint::kGauge;
  series::Compact(change.get());
  run_->out->SetHistogram(frame.step, change);
}

}  // namespace epi::promql
