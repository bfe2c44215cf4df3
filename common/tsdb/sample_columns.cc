#include "common/tsdb/sample_columns.h"

namespace epi::tsdb {

void SampleColumns::Clear() {
  times_ms_.clear();
  values_.clear();
  histograms_.clear();
  start_times_ms_.clear();
  any_start_time_ = false;
}

void SampleColumns::Append(const series::SampleBatch& batch, size_t i) {
  times_ms_.push_back(batch.times_ms[i]);
  if (batch.is_histogram()) {
    histograms_.push_back(batch.histograms[i]);
  } else {
    values_.push_back(batch.values[i]);
  }
  const int64_t start_ms = batch.start_times_ms.empty() ? 0 : batch.start_times_ms[i];
  start_times_ms_.push_back(start_ms);
  any_start_time_ |= start_ms != 0;
}

const series::SampleBatch* SampleColumns::Batch() {
  if (times_ms_.empty()) return nullptr;
  batch_ = {times_ms_, values_, histograms_, {}};
  if (any_start_time_) batch_.start_times_ms = start_times_ms_;
  return &batch_;
}

}  // namespace epi::tsdb
