// Reads one series from its chunks, whatever their encodings: the way from chunks to series::SampleCursor.
//
//   chunks in time order   ├──1──┤ ├──2──┤   ├──4──┤
//                                     ├──3──┤            2 and 3 overlap: they are merged by time
//
// 1. Chunks whose end lies before the time of SkipTo() are dropped without being decoded.
// 2. A chunk that no later one overlaps is decoded into columns, and the columns are the batch.
// 3. Overlapping chunks are decoded together and merged; of samples with equal times the one of the earlier chunk in the list stays.
//    Where the merge changes from one chunk to another, a histogram loses its counter reset hint (gauges apart).
//
// Contract: times of the answer strictly increase, over batches too: a sample that is not later than the one before is left out.
//           Start times are given where chunks have them.
// Threads:  one.
// Owns:     decode buffers, which Reset() keeps; chunk bytes belong to the caller unless `owner` holds them.
// Errors:   DataLoss "<source>: chunk 0:8: XOR chunk ends too early or is damaged". Aggregate chunks are an error: their slots
//           are chunks, pass those.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "common/series/querier.h"
#include "common/tsdb/chunk.h"
#include "common/tsdb/chunk_merge.h"
#include "common/tsdb/column_decoder.h"

namespace epi::tsdb {

class ChunkCursor : public series::SampleCursor {
 public:
  ChunkCursor() = default;
  // See Reset().
  ChunkCursor(std::vector<ChunkView> chunks, std::string_view source, std::shared_ptr<const void> owner = nullptr);

  // Starts over with other chunks, sorted by mint_ms (as the index has them). `source` names them in errors; `owner` keeps their
  // bytes alive.
  void Reset(std::vector<ChunkView> chunks, std::string_view source, std::shared_ptr<const void> owner = nullptr);
  // An empty list with the capacity of the one that is no longer needed: for the next Reset().
  std::vector<ChunkView> TakeList() {
    chunks_.clear();
    return std::move(chunks_);
  }

  Result<const series::SampleBatch*> Next() override;
  void SkipTo(int64_t t_ms) override;

 private:
  Result<const series::SampleBatch*> NextRaw();
  Status OpenNextRun();
  const ChunkData* ChunkAhead() const;
  const series::SampleBatch* KeepLater(const series::SampleBatch& batch);
  const series::SampleBatch* Slice(const series::SampleBatch& batch, size_t begin, size_t end);
  const series::SampleBatch* CopyIncreasing(const series::SampleBatch& batch, size_t begin);

  enum class State : uint8_t { kBetween, kInChunk, kInMerge };

  std::vector<ChunkView> chunks_;
  std::string source_;
  std::shared_ptr<const void> owner_;
  size_t next_chunk_ = 0;
  size_t run_begin_ = 0;  // The run being read ends at next_chunk_.
  State state_ = State::kBetween;
  ColumnDecoder decoder_;
  std::unique_ptr<ChunkMerge> merge_;  // Made when chunks first overlap.
  int64_t skip_to_ms_ = series::kMinTimeMs;
  int64_t last_t_ms_ = 0;
  bool any_ = false;  // last_t_ms_ is set.
  series::SampleBatch batch_;
  // Only for chunks whose times do not increase.
  std::vector<int64_t> kept_times_ms_;
  std::vector<int64_t> kept_start_times_ms_;
  std::vector<double> kept_values_;
  std::vector<series::FloatHistogram> kept_histograms_;
};

}  // namespace epi::tsdb
