#include "common/promql/operators/latest_sample.h"

namespace epi::promql {

Status LatestSample::Advance(int64_t keep_from_ms, int64_t t_ms) {
  while (true) {
    if (batch_ != nullptr) {
      const int64_t* times = batch_->times_ms.data();
      const size_t size = batch_->size();
      const size_t before = next_;
      while (next_ < size && times[next_] <= t_ms) ++next_;
      if (next_ > before) {
        // Hints are found by comparing neighbours: then every sample counts, not only the last.
        for (size_t i = before; hints_.enabled() && i + 1 < next_; ++i) TakeFrom(*batch_, i);
        TakeFrom(*batch_, next_ - 1);
      }
      if (next_ < size) return OkStatus();
    }
    if (cursor_ == nullptr) return OkStatus();
    if (found_ && is_histogram_) Histogram();
    in_batch_ = nullptr;
    cursor_->SkipTo(keep_from_ms);
    batch_ = TRY(cursor_->Next());
    next_ = 0;
    if (batch_ == nullptr) cursor_ = nullptr;
  }
}

void LatestSample::TakeFrom(const series::SampleBatch& batch, size_t index) {
  found_ = true;
  time_ms_ = batch.times_ms[index];
  start_time_ms_ = batch.start_times_ms.empty() ? 0 : batch.start_times_ms[index];
  is_histogram_ = batch.is_histogram();
  histogram_ = nullptr;
  if (is_histogram_) {
    in_batch_ = &batch.histograms[index];
    value_ = in_batch_->sum;
    if (hints_.enabled() && !stale()) histogram_ = hints_.Resolve(std::make_shared<const series::FloatHistogram>(*in_batch_));
  } else {
    value_ = batch.values[index];
  }
}

const HistogramPtr& LatestSample::Histogram() {
  if (histogram_ == nullptr) histogram_ = std::make_shared<const series::FloatHistogram>(*in_batch_);
  return histogram_;
}

}  // namespace epi::promql
