// The part of a block's check that compares meta.json with the block; see block_verify.h.
//
// meta.json has no checksum. What it says twice, or what the block itself tells, is compared:
//   counts of series, chunks, samples, float and histogram samples, tombstones
//   resolution                  one of the three; aggregate chunks only, and always, in a downsampled block
//   compaction                  a level, sources; ranges of the parents lie within the block's
//   thanos files                names and sizes of index and segments, where listed
// The time range is compared with each chunk's in chunk_verify.h, the ULID with the folder's name in block.h.
#pragma once

#include "common/tsdb/block.h"
#include "common/tsdb/block_verify.h"

namespace epi::tsdb {

// What the chunks turned out to be.
struct ChunkKinds {
  bool any_raw = false;
  bool any_aggregate = false;
};

// REQUIRES: out->stats are those of the block.
void VerifyMeta(const Block& block, const ChunkKinds& kinds, BlockVerification* out);

}  // namespace epi::tsdb
