#include "common/tsdb/chunk_merge.h"

#include <algorithm>

#include "common/base/str_cat.h"

namespace epi::tsdb {

Status WithChunk(const ChunkView& chunk, const Status& status) { return status.WithContext(StrCat("chunk ", ToString(chunk.ref))); }

// For std::*_heap, whose top is the greatest.
bool ChunkMerge::Later(const Source* a, const Source* b) {
  return a->t_ms() != b->t_ms() ? a->t_ms() > b->t_ms() : a->place > b->place;
}

void ChunkMerge::Start(std::span<const ChunkView> chunks, int64_t after_t_ms, bool any_before) {
  chunks_ = chunks;
  next_ = 0;
  last_t_ms_ = after_t_ms;
  any_ = any_before;
  last_place_ = chunks.size();
  heap_.clear();
  free_.clear();
  for (const std::unique_ptr<Source>& source : sources_) free_.push_back(source.get());
  times_ms_.resize(kSamplesPerBatch);
  start_times_ms_.resize(kSamplesPerBatch);
}

// Moves to the source's next sample; false at its end.
Result<bool> ChunkMerge::Advance(Source* source) {
  if (source->batch != nullptr && ++source->position < source->batch->size()) return true;
  Result<const series::SampleBatch*> batch = source->decoder.Next();
  if (!batch.ok()) return WithChunk(chunks_[source->place], batch.status());
  source->batch = *batch;
  source->position = 0;
  return source->batch != nullptr;
}

Status ChunkMerge::OpenNext() {
  if (free_.empty()) {
    sources_.push_back(std::make_unique<Source>());
    free_.push_back(sources_.back().get());
  }
  Source* source = free_.back();
  source->batch = nullptr;
  source->place = next_++;
  const Status opened = source->decoder.Open(chunks_[source->place].chunk);
  if (!opened.ok()) return WithChunk(chunks_[source->place], opened);
  if (!TRY(Advance(source))) return OkStatus();
  free_.pop_back();
  heap_.push_back(source);
  std::push_heap(heap_.begin(), heap_.end(), Later);
  return OkStatus();
}

Status ChunkMerge::OpenStarted(int64_t skip_to_ms) {
  while (next_ < chunks_.size()) {
    if (chunks_[next_].maxt_ms < skip_to_ms) {
      ++next_;
      continue;
    }
    if (!heap_.empty() && chunks_[next_].mint_ms > heap_.front()->t_ms()) break;
    RETURN_IF_ERROR(OpenNext());
  }
  return OkStatus();
}

bool ChunkMerge::FitsBatch(const Source& source) const {
  if (filled_ == kSamplesPerBatch) return false;
  return filled_ == 0 || source.batch->is_histogram() == histograms_now_;
}

void ChunkMerge::Emit(const Source& source) {
  const series::SampleBatch& batch = *source.batch;
  times_ms_[filled_] = source.t_ms();
  histograms_now_ = batch.is_histogram();
  if (histograms_now_) {
    if (histograms_.empty()) histograms_.resize(kSamplesPerBatch);
    histograms_[filled_] = batch.histograms[source.position];
    // The hint tells of the sample before it in the same chunk.
    const bool neighbour_changed = !any_ || last_place_ != source.place;
    if (neighbour_changed && histograms_[filled_].counter_reset_hint != series::CounterResetHint::kGauge) {
      histograms_[filled_].counter_reset_hint = series::CounterResetHint::kUnknown;
    }
  } else {
    if (values_.empty()) values_.resize(kSamplesPerBatch);
    values_[filled_] = batch.values[source.position];
  }
  const int64_t start = batch.start_times_ms.empty() ? 0 : batch.start_times_ms[source.position];
  start_times_ms_[filled_] = start;
  any_start_time_ |= start != 0;
  ++filled_;
}

const series::SampleBatch* ChunkMerge::FinishBatch() {
  if (filled_ == 0) return nullptr;
  batch_ = {};
  batch_.times_ms = {times_ms_.data(), filled_};
  if (histograms_now_) {
    batch_.histograms = {histograms_.data(), filled_};
  } else {
    batch_.values = {values_.data(), filled_};
  }
  if (any_start_time_) batch_.start_times_ms = {start_times_ms_.data(), filled_};
  return &batch_;
}

Result<const series::SampleBatch*> ChunkMerge::Next(int64_t skip_to_ms) {
  filled_ = 0;
  any_start_time_ = false;
  while (true) {
    RETURN_IF_ERROR(OpenStarted(skip_to_ms));
    if (heap_.empty()) return FinishBatch();
    Source* source = heap_.front();
    const bool wanted = (!any_ || source->t_ms() > last_t_ms_) && source->t_ms() >= skip_to_ms;
    if (wanted) {
      if (!FitsBatch(*source)) return FinishBatch();
      Emit(*source);
      last_t_ms_ = source->t_ms();
      last_place_ = source->place;
      any_ = true;
    }
    std::pop_heap(heap_.begin(), heap_.end(), Later);
    if (TRY(Advance(source))) {
      std::push_heap(heap_.begin(), heap_.end(), Later);
    } else {
      heap_.pop_back();
      free_.push_back(source);
    }
  }
}

}  // namespace epi::tsdb
