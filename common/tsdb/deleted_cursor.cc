#include "common/tsdb/deleted_cursor.h"

#include "common/tsdb/sample_columns.h"

namespace epi::tsdb {
namespace {

class DeletedCursor final : public series::SampleCursor {
 public:
  DeletedCursor(std::unique_ptr<series::SampleCursor> inner, std::vector<Interval> intervals)
      : inner_(std::move(inner)), intervals_(std::move(intervals)) {}

  Result<const series::SampleBatch*> Next() override {
    for (;;) {
      const series::SampleBatch* batch = TRY(inner_->Next());
      if (batch == nullptr) return batch;
      DropPassedIntervals(batch->times_ms.front());
      if (next_ == intervals_.size() || intervals_[next_].mint_ms > batch->times_ms.back()) return batch;
      if (const series::SampleBatch* kept = Keep(*batch)) return kept;
    }
  }
  void SkipTo(int64_t t_ms) override { inner_->SkipTo(t_ms); }

 private:
  void DropPassedIntervals(int64_t t_ms) {
    while (next_ < intervals_.size() && intervals_[next_].maxt_ms < t_ms) ++next_;
  }

  // Null when nothing is left.
  const series::SampleBatch* Keep(const series::SampleBatch& batch) {
    columns_.Clear();
    for (size_t i = 0; i < batch.size(); ++i) {
      const int64_t t_ms = batch.times_ms[i];
      DropPassedIntervals(t_ms);
      if (next_ < intervals_.size() && intervals_[next_].mint_ms <= t_ms) continue;
      columns_.Append(batch, i);
    }
    return columns_.Batch();
  }

  const std::unique_ptr<series::SampleCursor> inner_;
  const std::vector<Interval> intervals_;
  size_t next_ = 0;  // The first interval that does not end before the last sample seen.
  SampleColumns columns_;
};

}  // namespace

std::unique_ptr<series::SampleCursor> MakeDeletedCursor(std::unique_ptr<series::SampleCursor> inner,
                                                        std::vector<Interval> intervals) {
  return std::make_unique<DeletedCursor>(std::move(inner), std::move(intervals));
}

}  // namespace epi::tsdb
