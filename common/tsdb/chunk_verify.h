// The part of a block's check that reads chunks; see block_verify.h.
//
//   index        series 1: ref ref ref   series 2: ref ref …        references rise through the whole index, so
//   segments     |chunk|chunk|chunk|chunk|chunk|…                   one walk over the segments meets them all
//
// 1. For each reference the walk goes on to it and checks the checksum of every chunk it passes.
// 2. A reference that the walk has passed, or lands in the middle of a chunk, points at no chunk.
// 3. Behind a chunk whose length cannot be believed, the walk goes on at the next reference.
//
// Contract: each chunk is read once, and pages behind the walk are given back: memory does not grow with the block.
// Threads:  one.
// Errors:   problems of the block go to the verification; the status is of the check itself: Cancelled, DeadlineExceeded.
#pragma once

#include <string_view>

#include "common/base/context.h"
#include "common/base/status.h"
#include "common/labels/labels.h"
#include "common/tsdb/block.h"
#include "common/tsdb/block_verify.h"
#include "common/tsdb/chunk_iterator.h"
#include "common/tsdb/series_entry.h"

namespace epi::tsdb {

class ChunkVerifier {
 public:
  // All outlive the verifier.
  ChunkVerifier(const Context& ctx, const Block& block, const BlockVerifyOptions& options, BlockVerification* out)
      : ctx_(ctx), block_(block), options_(options), out_(out) {}

  // REQUIRES: series in the order of the index.
  Status VerifySeries(const labels::Labels& labels, const SeriesEntry& entry);
  // Checks the chunks behind the last one that a series has.
  Status Finish();

  bool any_aggregate() const { return any_aggregate_; }
  bool any_raw() const { return any_raw_; }

 private:
  void Problem(const labels::Labels& labels, ChunkRef ref, std::string_view what);
  void VerifyTimes(const labels::Labels& labels, const SeriesEntry& entry, size_t i);
  Status VerifyChunk(const labels::Labels& labels, const ChunkMeta& chunk);
  Status VerifyData(const ChunkMeta& chunk, const ChunkData& data);
  Status VerifyAggregates(const ChunkMeta& chunk, const ChunkData& data);
  Status WalkTo(ChunkRef ref);
  Result<ChunkData> Take();
  Status PassChunk();
  void GiveBack();

  const Context& ctx_;
  const Block& block_;
  const BlockVerifyOptions& options_;
  BlockVerification* const out_;
  ChunkIterator iterator_;
  bool any_aggregate_ = false;
  bool any_raw_ = false;
  // The walk: the next chunk to check.
  ChunkRef at_{0, kChunkSegmentHeaderBytes};
  bool lost_ = false;  // Where the next chunk of this segment starts is not known.
  uint64_t passed_ = 0;
  uint32_t kept_from_ = 0;  // Pages of the segment before this offset are given back.
};

}  // namespace epi::tsdb
