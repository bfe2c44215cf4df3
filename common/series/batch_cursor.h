// A place in the batches of a cursor: what merge and dedup step over.
//
// Contract: Load() is called before anything else. The batch changes only inside Load() and Seek(), so spans of the
//           current one may be handed out as long as neither is called.
// Threads:  none.
#pragma once

#include <algorithm>
#include <memory>
#include <utility>

#include "common/series/querier.h"

namespace epi::series {

class BatchCursor {
 public:
  explicit BatchCursor(std::unique_ptr<SampleCursor> source) : source_(std::move(source)) {}

  // Makes position() a sample, or done() true.
  Status Load() {
    while (!done_ && (batch_ == nullptr || position_ == batch_->size())) {
      batch_ = TRY(source_->Next());
      position_ = 0;
      done_ = batch_ == nullptr;
    }
    return OkStatus();
  }
  // Moves to the first sample at or after t_ms; never back.
  Status Seek(int64_t t_ms) {
    for (;;) {
      RETURN_IF_ERROR(Load());
      if (done_) return OkStatus();
      const auto times = batch_->times_ms;
      // Mostly the sample is here or a few steps away.
      while (position_ < times.size() && times[position_] < t_ms) ++position_;
      if (position_ < times.size()) return OkStatus();
    }
  }
  void Advance(size_t samples) { position_ += samples; }

  bool done() const { return done_; }
  // REQUIRES: !done(), for all below.
  int64_t time_ms() const { return batch_->times_ms[position_]; }
  const SampleBatch& batch() const { return *batch_; }
  size_t position() const { return position_; }
  size_t remaining() const { return batch_->size() - position_; }
  // `size` samples from position() on.
  SampleBatch Slice(size_t size) const {
    const auto part = [&](auto span) { return span.empty() ? span : span.subspan(position_, size); };
    return {.times_ms = part(batch_->times_ms),
            .values = part(batch_->values),
            .histograms = part(batch_->histograms),
            .start_times_ms = part(batch_->start_times_ms)};
  }
  SampleCursor& source() { return *source_; }

 private:
  std::unique_ptr<SampleCursor> source_;
  const SampleBatch* batch_ = nullptr;
  size_t position_ = 0;
  bool done_ = false;
};

// `histogram` after a histogram of another source: nobody knows any more whether the counter was reset in between.
inline FloatHistogram AfterSwitch(const FloatHistogram& histogram) {
  FloatHistogram copy = histogram;
  if (copy.counter_reset_hint != CounterResetHint::kGauge) copy.counter_reset_hint = CounterResetHint::kUnknown;
  return copy;
}

}  // namespace epi::series
