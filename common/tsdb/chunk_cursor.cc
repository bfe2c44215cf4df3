#include "common/tsdb/chunk_cursor.h"

#include <algorithm>
#include <utility>

#include "common/series/scan.h"

namespace epi::tsdb {

ChunkCursor::ChunkCursor(std::vector<ChunkView> chunks, std::string_view source, std::shared_ptr<const void> owner) {
  Reset(std::move(chunks), source, std::move(owner));
}

void ChunkCursor::Reset(std::vector<ChunkView> chunks, std::string_view source, std::shared_ptr<const void> owner) {
  chunks_ = std::move(chunks);
  source_.assign(source);
  owner_ = std::move(owner);
  decoder_.Forget();
  next_chunk_ = 0;
  run_begin_ = 0;
  state_ = State::kBetween;
  skip_to_ms_ = series::kMinTimeMs;
  any_ = false;
}

void ChunkCursor::SkipTo(int64_t t_ms) { skip_to_ms_ = std::max(skip_to_ms_, t_ms); }

// Finds the next chunk that is still wanted, and the later ones that overlap it.
Status ChunkCursor::OpenNextRun() {
  while (next_chunk_ < chunks_.size() && chunks_[next_chunk_].maxt_ms < skip_to_ms_) ++next_chunk_;
  if (next_chunk_ == chunks_.size()) return OkStatus();
  run_begin_ = next_chunk_++;
  int64_t run_end_ms = chunks_[run_begin_].maxt_ms;
  while (next_chunk_ < chunks_.size() && chunks_[next_chunk_].mint_ms <= run_end_ms) {
    run_end_ms = std::max(run_end_ms, chunks_[next_chunk_++].maxt_ms);
  }
  if (next_chunk_ - run_begin_ == 1) {
    state_ = State::kInChunk;
    const Status opened = decoder_.Open(chunks_[run_begin_].chunk, ChunkAhead());
    return opened.ok() ? opened : WithChunk(chunks_[run_begin_], opened);
  }
  if (merge_ == nullptr) merge_ = std::make_unique<ChunkMerge>();
  state_ = State::kInMerge;
  merge_->Start(std::span(chunks_).subspan(run_begin_, next_chunk_ - run_begin_), last_t_ms_, any_);
  return OkStatus();
}

// The chunk after the current one when it is a run by itself; null for none.
const ChunkData* ChunkCursor::ChunkAhead() const {
  if (next_chunk_ >= chunks_.size()) return nullptr;
  const bool alone = next_chunk_ + 1 == chunks_.size() || chunks_[next_chunk_ + 1].mint_ms > chunks_[next_chunk_].maxt_ms;
  return alone ? &chunks_[next_chunk_].chunk : nullptr;
}

// The next batch of the current run; null between runs.
Result<const series::SampleBatch*> ChunkCursor::NextRaw() {
  if (state_ == State::kInMerge) return merge_->Next(skip_to_ms_);
  Result<const series::SampleBatch*> batch = decoder_.Next();
  if (!batch.ok()) return WithChunk(chunks_[run_begin_], batch.status());
  return batch;
}

Result<const series::SampleBatch*> ChunkCursor::Next() {
  while (true) {
    if (state_ == State::kBetween) {
      const Status opened = OpenNextRun();
      if (!opened.ok()) return opened.WithContext(source_);
      if (state_ == State::kBetween) return nullptr;
    }
    Result<const series::SampleBatch*> raw = NextRaw();
    if (!raw.ok()) return raw.status().WithContext(source_);
    if (*raw == nullptr) {
      state_ = State::kBetween;
      continue;
    }
    const series::SampleBatch* batch = KeepLater(**raw);
    if (batch == nullptr) continue;
    last_t_ms_ = batch->times_ms.back();
    any_ = true;
    return batch;
  }
}

// The part of `batch` that is wanted and strictly increases; null when nothing is left.
const series::SampleBatch* ChunkCursor::KeepLater(const series::SampleBatch& batch) {
  const std::span<const int64_t> times = batch.times_ms;
  size_t begin = 0;
  while (begin < times.size() && ((any_ && times[begin] <= last_t_ms_) || times[begin] < skip_to_ms_)) ++begin;
  if (begin == times.size()) return nullptr;
  return series::StrictlyIncreasing(times.subspan(begin)) ? Slice(batch, begin, times.size()) : CopyIncreasing(batch, begin);
}

const series::SampleBatch* ChunkCursor::Slice(const series::SampleBatch& batch, size_t begin, size_t end) {
  const size_t size = end - begin;
  batch_ = {};
  batch_.times_ms = batch.times_ms.subspan(begin, size);
  if (batch.is_histogram()) {
    batch_.histograms = batch.histograms.subspan(begin, size);
  } else {
    batch_.values = batch.values.subspan(begin, size);
  }
  if (!batch.start_times_ms.empty()) batch_.start_times_ms = batch.start_times_ms.subspan(begin, size);
  return &batch_;
}

const series::SampleBatch* ChunkCursor::CopyIncreasing(const series::SampleBatch& batch, size_t begin) {
  kept_times_ms_.clear();
  kept_start_times_ms_.clear();
  kept_values_.clear();
  kept_histograms_.clear();
  for (size_t i = begin; i < batch.size(); ++i) {
    if (!kept_times_ms_.empty() && batch.times_ms[i] <= kept_times_ms_.back()) continue;
    kept_times_ms_.push_back(batch.times_ms[i]);
    if (!batch.start_times_ms.empty()) kept_start_times_ms_.push_back(batch.start_times_ms[i]);
    if (batch.is_histogram()) {
      kept_histograms_.push_back(batch.histograms[i]);
    } else {
      kept_values_.push_back(batch.values[i]);
    }
  }
  const series::SampleBatch kept = {kept_times_ms_, kept_values_, kept_histograms_, kept_start_times_ms_};
  return Slice(kept, 0, kept_times_ms_.size());
}

}  // namespace epi::tsdb
