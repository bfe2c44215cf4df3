// LatestSample: walks a cursor forward and knows the newest sample not after a given time.
//
// Threads:  one at a time.
#pragma once

#include <memory>

#include "common/promql/operators/column.h"
#include "common/promql/operators/histogram_hints.h"
#include "common/promql/operators/time_shift.h"
#include "common/promql/plan/step_grid.h"
#include "common/promql/value.h"
#include "common/series/querier.h"

namespace epi::promql {

class LatestSample {
 public:
  explicit LatestSample(series::SampleCursor* cursor, bool resolve_hints = false) : cursor_(cursor), hints_(resolve_hints) {}

  // Moves to the newest sample at or before t_ms; samples before keep_from_ms need not be found. Neither ever goes back.
  Status Advance(int64_t keep_from_ms, int64_t t_ms) {
    if (TakeUntil(t_ms)) return OkStatus();
    return AdvanceBatch(keep_from_ms, t_ms);
  }

  // Fills the steps from `step` on with the newest float of the last `lookback_ms` as far as the current batch alone decides; returns
  // the first step that is left. REQUIRES: Advance() was called for the step before, and found a sample.
  size_t FillFloats(const StepGrid& grid, const TimeShift& shift, int64_t lookback_ms, size_t step, Column* out);

  bool found() const { return found_; }
  int64_t time_ms() const { return time_ms_; }
  int64_t start_time_ms() const { return start_time_ms_; }
  bool is_histogram() const { return is_histogram_; }
  double value() const { return value_; }
  bool stale() const { return series::IsStaleNan(value_); }
  // Shared by all steps that see this sample. REQUIRES: is_histogram().
  const HistogramPtr& Histogram();

 private:
  // True when the batch goes on beyond t_ms, or there is no other.
  bool TakeUntil(int64_t t_ms) {
    if (next_ < size_) {
      const int64_t* times = batch_->times_ms.data();
      const size_t before = next_;
      while (next_ < size_ && times[next_] <= t_ms) ++next_;
      if (next_ > before) TakeRun(before);
      if (next_ < size_) return true;
    }
    return cursor_ == nullptr;
  }
  // Takes the samples [before, next_) of the batch.
  void TakeRun(size_t before) {
    // Hints are found by comparing neighbours: then every sample counts, not only the last.
    for (size_t i = before; hints_.enabled() && i + 1 < next_; ++i) TakeFrom(*batch_, i);
    TakeFrom(*batch_, next_ - 1);
  }
  Status AdvanceBatch(int64_t keep_from_ms, int64_t t_ms);
  void TakeFrom(const series::SampleBatch& batch, size_t index) {
    found_ = true;
    time_ms_ = batch.times_ms[index];
    start_time_ms_ = batch.start_times_ms.empty() ? 0 : batch.start_times_ms[index];
    is_histogram_ = batch.is_histogram();
    if (is_histogram_) {
      TakeHistogram(&batch.histograms[index]);
    } else {
      value_ = batch.values[index];
    }
  }
  void TakeHistogram(const series::FloatHistogram* histogram);

  series::SampleCursor* cursor_;  // Null at the end.
  const series::SampleBatch* batch_ = nullptr;
  size_t next_ = 0;
  size_t size_ = 0;  // Of the batch; 0 without one.
  bool found_ = false;
  bool is_histogram_ = false;
  int64_t time_ms_ = 0;
  int64_t start_time_ms_ = 0;
  double value_ = 0;  // Of a histogram: its sum, which carries the stale marker.
  const series::FloatHistogram* in_batch_ = nullptr;
  HistogramPtr histogram_;
  HistogramHints hints_;
};

}  // namespace epi::promql
