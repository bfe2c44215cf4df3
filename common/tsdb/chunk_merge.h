// Merges the samples of overlapping chunks by time.
//
// 1. A chunk is opened when the merge reaches its start, and closed at its end: open at once are only chunks that overlap.
// 2. A heap of the open chunks, by (time of the next sample, place in the list), gives the next sample.
// 3. A sample that is not later than the one before it is dropped: of equal times the chunk that comes first in the list wins.
//
// Threads:  one.
// Owns:     decoders and the batch, kept for the next merge; chunk bytes belong to the caller.
// Errors:   those of ColumnDecoder, with the chunk's reference.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "common/base/status.h"
#include "common/series/sample.h"
#include "common/tsdb/chunk.h"
#include "common/tsdb/column_decoder.h"

namespace epi::tsdb {

class ChunkMerge {
 public:
  static constexpr size_t kSamplesPerBatch = 256;

  // Chunks sorted by mint_ms; the span must outlive the merge. Samples up to `after_t_ms` are dropped.
  void Start(std::span<const ChunkView> chunks, int64_t after_t_ms, bool any_before);
  // Null at the end. Samples of one kind, strictly increasing in time. Those before `skip_to_ms` may be missing.
  Result<const series::SampleBatch*> Next(int64_t skip_to_ms);

 private:
  struct Source {
    ColumnDecoder decoder;
    const series::SampleBatch* batch = nullptr;
    size_t position = 0;
    size_t place = 0;
    int64_t t_ms() const { return batch->times_ms[position]; }
  };
  static bool Later(const Source* a, const Source* b);

  Status OpenStarted(int64_t skip_to_ms);
  Status OpenNext();
  Result<bool> Advance(Source* source);
  bool FitsBatch(const Source& source) const;
  void Emit(const Source& source);
  const series::SampleBatch* FinishBatch();

  std::span<const ChunkView> chunks_;
  size_t next_ = 0;
  int64_t last_t_ms_ = 0;
  bool any_ = false;  // last_t_ms_ is set.
  size_t last_place_ = 0;  // Which chunk the last sample was from.
  std::vector<Source*> heap_;
  std::vector<std::unique_ptr<Source>> sources_;  // All ever made.
  std::vector<Source*> free_;

  size_t filled_ = 0;
  bool histograms_now_ = false;
  bool any_start_time_ = false;
  std::vector<int64_t> times_ms_;
  std::vector<int64_t> start_times_ms_;
  std::vector<double> values_;
  std::vector<series::FloatHistogram> histograms_;
  series::SampleBatch batch_;
};

// "chunk 0:8: …".
Status WithChunk(const ChunkView& chunk, const Status& status);

}  // namespace epi::tsdb
