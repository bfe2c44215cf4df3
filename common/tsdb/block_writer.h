// Writes one new block, from series in label order to a folder that is a block.
//
// 1. Everything goes into <directory>/<ulid>.tmp-for-creation: chunks and index as series come, meta.json at the end.
// 2. Files and folder are synced, and the folder is verified as a reader would.
// 3. It is renamed to <directory>/<ulid>, and the directory is synced.
//
// Contract: the same meta, series and options give the same bytes. A crash, a full disk or a short write at any point leaves
//           no block, only a temporary folder that the next Create() of this ULID, or the destructor, removes.
// Threads:  one.
// Owns:     the temporary folder until Finish() succeeded.
// Units:    Unix milliseconds.
// Errors:   InvalidArgument for series or chunks out of order or outside the block's range; ResourceExhausted when the disk is full;
//           AlreadyExists when the block is there; DataLoss when what was written does not verify.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/context.h"
#include "common/base/status.h"
#include "common/labels/labels.h"
#include "common/series/querier.h"
#include "common/tsdb/block_meta.h"
#include "common/tsdb/chunk.h"
#include "common/tsdb/chunk_cutter.h"
#include "common/tsdb/chunk_segment_writer.h"
#include "common/tsdb/index_writer.h"

namespace epi::tsdb {

struct BlockWriterOptions {
  ChunkCutterOptions cutter;  // For AddSeries() from samples.
  IndexWriterOptions index;
  uint64_t segment_bytes_max = ChunkSegmentWriter::kSegmentBytesDefault;
  bool verify = true;
};

// A chunk of another block, with its frame (ChunkSegmentReader::ReadFramed).
struct FramedChunk {
  ChunkMeta meta;  // Times; the reference is not used.
  std::string_view framed;
};

class BlockWriter {
 public:
  // Of `meta`, ULID, time range, compaction, thanos section and unknown keys are kept; stats are counted. The
  // thanos section's lists of files are dropped. A range of zero length becomes that of the chunks.
  static Result<std::unique_ptr<BlockWriter>> Create(std::string directory, BlockMeta meta,
                                                     const BlockWriterOptions& options = {});
  ~BlockWriter();
  BlockWriter(const BlockWriter&) = delete;
  BlockWriter& operator=(const BlockWriter&) = delete;

  // One series; series without a chunk or sample are left out. After an error only the destructor is allowed.
  Status AddSeries(const labels::Labels& series, series::SampleCursor* samples);
  Status AddSeries(const labels::Labels& series, std::span<const EncodedChunk> chunks);
  Status AddSeries(const labels::Labels& series, std::span<const FramedChunk> chunks);

  // Returns the meta that was written.
  Result<BlockMeta> Finish(const Context& ctx);

 private:
  BlockWriter(std::string directory, BlockMeta meta, const BlockWriterOptions& options);
  Status Begin();
  Status Place(const ChunkMeta& times, ChunkRef ref, const ChunkData& data);
  Status AddToIndex(const labels::Labels& series);
  void CompleteMeta();
  Status Publish(const Context& ctx);

  const std::string directory_;
  const std::string path_;
  const std::string temporary_path_;
  const BlockWriterOptions options_;
  const bool range_from_chunks_;
  BlockMeta meta_;
  int64_t mint_ms_ = 0;
  int64_t maxt_ms_ = 0;
  uint64_t chunk_bytes_max_ = 0;
  std::unique_ptr<ChunkSegmentWriter> chunks_;
  std::unique_ptr<IndexWriter> index_;
  std::vector<EncodedChunk> encoded_;
  ChunkCutter cutter_;
  std::vector<ChunkMeta> placed_;
  bool published_ = false;
};

// All series of a set as one block.
Result<BlockMeta> WriteBlock(const Context& ctx, const std::string& directory, const BlockMeta& meta,
                             series::SeriesSet* set, const BlockWriterOptions& options = {});

}  // namespace epi::tsdb
