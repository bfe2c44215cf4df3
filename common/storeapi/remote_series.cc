#include "common/storeapi/remote_series.h"

#include <algorithm>
#include <utility>

#include "common/series/dedup.h"
#include "common/series/merge.h"
#include "common/tsdb/chunk_cursor.h"

namespace epi::storeapi {
namespace {

using series::SampleBatch;

// The samples up to and including maxt_ms, in *cut; null when there is none.
const SampleBatch* CutAt(int64_t maxt_ms, const SampleBatch& batch, SampleBatch* cut) {
  const auto times = batch.times_ms;
  const auto size = static_cast<size_t>(std::upper_bound(times.begin(), times.end(), maxt_ms) - times.begin());
  if (size == 0) return nullptr;
  const auto part = [&](auto span) { return span.empty() ? span : span.first(size); };
  *cut = {.times_ms = part(batch.times_ms),
          .values = part(batch.values),
          .histograms = part(batch.histograms),
          .start_times_ms = part(batch.start_times_ms)};
  return cut;
}

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

// A row of raw chunks, which is what nearly every series is. The series' name is put together when there is an error to tell.
class RawCursor final : public series::SampleCursor {
 public:
  void Reset(std::shared_ptr<const ChunkSeries> series, std::vector<tsdb::ChunkView> chunks, const DecodeOptions& options) {
    series_ = std::move(series);
    mint_ms_ = options.mint_ms;
    maxt_ms_ = options.maxt_ms;
    chunks_.Reset(std::move(chunks), {});
    chunks_.SkipTo(mint_ms_);
  }

  Result<const SampleBatch*> Next() override {
    const auto batch = chunks_.Next();
    if (!batch.ok()) return batch.status().WithContext(series_->labels.ToSeriesString());
    if (*batch == nullptr || (*batch)->times_ms.back() <= maxt_ms_) return *batch;
    return CutAt(maxt_ms_, **batch, &cut_);
  }
  void SkipTo(int64_t t_ms) override { chunks_.SkipTo(std::max(t_ms, mint_ms_)); }

 private:
  std::shared_ptr<const ChunkSeries> series_;
  int64_t mint_ms_ = 0;
  int64_t maxt_ms_ = 0;
  tsdb::ChunkCursor chunks_;
  SampleBatch cut_;
};

class RemoteSeries : public series::Series {
 public:
  RemoteSeries(ChunkSeries series, const DecodeOptions& options)
      : series_(std::make_shared<const ChunkSeries>(std::move(series))), options_(options) {}

  const labels::Labels& labels() const override { return series_->labels; }

  Result<std::unique_ptr<series::SampleCursor>> Samples(std::unique_ptr<series::SampleCursor> reuse) const override {
    // Raw chunks that overlap without dedup are merged chunk by chunk.
    const bool overlaps = Overlaps();
    if (!overlaps || !options_.dedup) {
      if (auto raw = RawRow(series_->chunks, std::move(reuse))) return raw;
    }
    if (!overlaps) return Row(series_->chunks);
    std::vector<std::unique_ptr<series::SampleCursor>> rows;
    for (auto& row : SplitOverlaps(series_->chunks)) rows.push_back(Row(row));
    if (options_.dedup) return series::DedupCursors(std::move(rows), options_.counter);
    return series::MergeCursors(std::move(rows));
  }

 private:
  bool Overlaps() const {
    const std::vector<AggrChunkView>& chunks = series_->chunks;
    for (size_t i = 1; i < chunks.size(); ++i) {
      if (chunks[i].mint_ms <= chunks[i - 1].maxt_ms) return true;
    }
    return false;
  }
  // Null when some chunk is not raw.
  std::unique_ptr<series::SampleCursor> RawRow(const std::vector<AggrChunkView>& chunks, std::unique_ptr<series::SampleCursor> reuse) const {
    std::vector<tsdb::ChunkView> raw;
    if (!RawChunks(chunks, &raw)) return nullptr;
    if (dynamic_cast<RawCursor*>(reuse.get()) == nullptr) reuse = std::make_unique<RawCursor>();
    static_cast<RawCursor*>(reuse.get())->Reset(series_, std::move(raw), options_);
    return reuse;
  }
  std::unique_ptr<series::SampleCursor> Row(const std::vector<AggrChunkView>& chunks) const {
    if (auto raw = RawRow(chunks, nullptr)) return raw;
    return BoundCursor(ReadRow(chunks, options_.use, labels().ToSeriesString(), series_), options_.mint_ms, options_.maxt_ms);
  }

  const std::shared_ptr<const ChunkSeries> series_;
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
