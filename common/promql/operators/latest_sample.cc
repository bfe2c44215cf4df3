#include "common/promql/operators/latest_sample.h"

namespace epi::promql {

Status LatestSample::AdvanceBatch(int64_t keep_from_ms, int64_t t_ms) {
  do {
    // The batch is about to go: a histogram that may still be asked for must not go with it.
    if (found_ && is_histogram_) Histogram();
    in_batch_ = nullptr;
    cursor_->SkipTo(keep_from_ms);
    batch_ = TRY(cursor_->Next());
    next_ = 0;
    size_ = batch_ == nullptr ? 0 : batch_->size();
    if (batch_ == nullptr) cursor_ = nullptr;
  } while (!TakeUntil(t_ms));
  return OkStatus();
}

size_t LatestSample::FillFloats(const StepGrid& grid, const TimeShift& shift, int64_t lookback_ms, size_t step, Column* out) {
  if (next_ == 0 || next_ >= size_ || batch_->is_histogram()) return step;
  const int64_t* times = batch_->times_ms.data();
  const double* values = batch_->values.data();
  const int64_t batch_end_ms = times[size_ - 1];
  size_t next = next_;
  for (const size_t steps = grid.steps(); step < steps; ++step) {
    const int64_t t_ms = shift.ReferenceTime(grid.TimeAt(step));
    if (t_ms >= batch_end_ms) break;
    while (times[next] <= t_ms) ++next;
    const double value = values[next - 1];
    if (times[next - 1] > t_ms - lookback_ms && !series::IsStaleNan(value)) out->SetFloat(step, value);
  }
  next_ = next;
  TakeFrom(*batch_, next - 1);
  return step;
}

void LatestSample::TakeHistogram(const series::FloatHistogram* histogram) {
  histogram_ = nullptr;
  in_batch_ = histogram;
  value_ = histogram->sum;
  if (hints_.enabled() && !stale()) histogram_ = hints_.Resolve(std::make_shared<const series::FloatHistogram>(*histogram));
}

const HistogramPtr& LatestSample::Histogram() {
  if (histogram_ == nullptr) histogram_ = std::make_shared<const series::FloatHistogram>(*in_batch_);
  return histogram_;
}

}  // namespace epi::promql
