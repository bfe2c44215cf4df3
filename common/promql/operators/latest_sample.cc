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
