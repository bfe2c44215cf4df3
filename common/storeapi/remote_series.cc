#include "common/storeapi/remote_series.h"

#include <algorithm>
#include <utility>

#include "common/series/dedup.h"
#include "common/series/merge.h"

namespace epi::storeapi {
namespace {

using series::SampleBatch;

class BoundedCursor : public series::SampleCursor {
 public:
  BoundedCursor(std::unique_ptr<series::SampleCursor> source, int64_t mint_ms, int64_t maxt_ms)
      : source_(std::move(source)), mint_ms_(mint_ms), maxt_ms_(maxt_ms) {
    if (mint_ms_ != series::kMinTimeMs) source_->SkipTo(mint_ms_);
  }

  Result<const SampleBatch*> Next() override {
    for (;;) {
      const SampleBatch* batch = TRY(source_->Next());
      if (batch == nullptr) return nullptr;
      const auto times = batch->times_ms;
      if (times.front() >= mint_ms_ && times.back() <= maxt_ms_) return batch;
      if (times.front() > maxt_ms_) return nullptr;
      const auto begin = std::lower_bound(times.begin(), times.end(), mint_ms_) - times.begin();
      const auto end = std::upper_bound(times.begin(), times.end(), maxt_ms_) - times.begin();
      if (begin >= end) continue;
      Cut(*batch, static_cast<size_t>(begin), static_cast<size_t>(end - begin));
      return &cut_;
    }
  }
  void SkipTo(int64_t t_ms) override { source_->SkipTo(std::max(t_ms, mint_ms_)); }

 private:
  void Cut(const SampleBatch& batch, size_t begin, size_t size) {
    const auto part = [&](auto span) { return span.empty() ? span : span.subspan(begin, size); };
    cut_ = {.times_ms = part(batch.times_ms),
            .values = part(batch.values),
            .histograms = part(batch.histograms),
            .start_times_ms = part(batch.start_times_ms)};
  }

  const std::unique_ptr<series::SampleCursor> source_;
  const int64_t mint_ms_;
  const int64_t maxt_ms_;
  SampleBatch cut_;
};

using Frames = std::vector<std::shared_ptr<const Frame>>;

class RemoteSeries : public series::Series {
 public:
  RemoteSeries(ChunkSeries series, const DecodeOptions& options)
      : labels_(std::move(series.labels)),
        chunks_(std::move(series.chunks)),
        frames_(std::make_shared<const Frames>(std::move(series.frames))),
        options_(options) {}

  const labels::Labels& labels() const override { return labels_; }

  Result<std::unique_ptr<series::SampleCursor>> Samples(std::unique_ptr<series::SampleCursor> /*reuse*/) const override {
    const bool overlaps = Overlaps();
    if (!overlaps || (!options_.dedup && AllRaw())) return Row(chunks_);
    std::vector<std::unique_ptr<series::SampleCursor>> rows;
    for (auto& row : SplitOverlaps(chunks_)) rows.push_back(Row(std::move(row)));
    if (options_.dedup) return series::DedupCursors(std::move(rows), options_.counter);
    return series::MergeCursors(std::move(rows));
  }

 private:
  bool Overlaps() const {
    for (size_t i = 1; i < chunks_.size(); ++i) {
      if (chunks_[i].mint_ms <= chunks_[i - 1].maxt_ms) return true;
    }
    return false;
  }
  // Chunks that overlap without dedup are merged chunk by chunk when nothing but raw samples is in them.
  bool AllRaw() const {
    return std::all_of(chunks_.begin(), chunks_.end(), [](const AggrChunkView& chunk) {
      const auto slots = ParseChunkSlots(chunk.encoded);
      return slots.ok() && slots->Has(Aggregate::kRaw);
    });
  }
  std::unique_ptr<series::SampleCursor> Row(std::vector<AggrChunkView> chunks) const {
    return BoundCursor(ReadRow(std::move(chunks), options_.use, labels_.ToSeriesString(), frames_), options_.mint_ms, options_.maxt_ms);
  }

  const labels::Labels labels_;
  const std::vector<AggrChunkView> chunks_;
  const std::shared_ptr<const Frames> frames_;
  const DecodeOptions options_;
};

}  // namespace

std::unique_ptr<series::Series> MakeRemoteSeries(ChunkSeries series, const DecodeOptions& options) {
  return std::make_unique<RemoteSeries>(std::move(series), options);
}

std::unique_ptr<series::SampleCursor> BoundCursor(std::unique_ptr<series::SampleCursor> source, int64_t mint_ms, int64_t maxt_ms) {
  if (mint_ms == series::kMinTimeMs && maxt_ms == series::kMaxTimeMs) return source;
  return std::make_unique<BoundedCursor>(std::move(source), mint_ms, maxt_ms);
}

}  // namespace epi::storeapi
