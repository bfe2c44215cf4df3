// Chunk to columns: the fast way to a chunk's samples. Format: docs/formats/chunks.md.
//
// Contract: Open(), then Next() until it returns null. Float chunks come as one batch, histogram chunks as batches of at most
//           kHistogramsPerBatch, integer ones already as float histograms. Samples come as they are in the chunk: times may repeat
//           or fall (see ChunkCursor). Schemas finer than PromQL knows are reduced to the finest it does.
// Threads:  one.
// Owns:     buffers, which the next chunk reuses; a batch lives until the next call.
// Errors:   DataLoss on damage; InvalidArgument for an aggregate chunk (its slots are chunks).
#pragma once

#include <cstdint>
#include <vector>

#include "common/base/status.h"
#include "common/series/sample.h"
#include "common/tsdb/chunk.h"
#include "common/tsdb/float_columns.h"
#include "common/tsdb/float_histogram_reader.h"
#include "common/tsdb/histogram_reader.h"

namespace epi::tsdb {

// Times and values of a whole XOR or XOR2 chunk.
Status DecodeFloats(const ChunkData& chunk, FloatColumns* out);

class ColumnDecoder {
 public:
  static constexpr size_t kHistogramsPerBatch = 128;

  // The chunk's bytes must outlive the reading. `next` is the chunk that will probably be opened after it, if known: when that is
  // cheaper, both are decoded now.
  Status Open(const ChunkData& chunk, const ChunkData* next = nullptr);
  // Bytes of chunks opened from now on may lie where others lay.
  void Forget() { ahead_of_ = nullptr; }
  // Null at the end. Never an empty batch.
  Result<const series::SampleBatch*> Next();

 private:
  Status OpenFloats(const ChunkData& chunk, const ChunkData* next);
  template <typename Reader>
  Status FillHistograms(Reader* reader);
  template <typename Reader>
  void FillSlot(Reader* reader, size_t slot);
  void NoteLayout(const HistogramLayout& layout);

  SampleKind kind_ = SampleKind::kNone;
  bool has_start_times_ = false;
  bool floats_pending_ = false;
  FloatColumns floats_;
  FloatColumns ahead_;               // Of the chunk whose bytes are at ahead_of_.
  const char* ahead_of_ = nullptr;
  HistogramReader histogram_reader_;
  FloatHistogramReader float_histogram_reader_;
  HistogramLayout layout_;
  uint64_t layout_id_ = 0;  // Of layout_; changes with it.
  bool new_chunk_ = false;  // layout_ is not yet that of the chunk.
  size_t filled_ = 0;
  std::vector<uint64_t> slot_layouts_;  // layout_id_ of what histograms_ holds.
  std::vector<int64_t> times_ms_;
  std::vector<int64_t> start_times_ms_;
  std::vector<series::FloatHistogram> histograms_;
  series::SampleBatch batch_;
};

}  // namespace epi::tsdb
