// A series as it travels: labels and encoded chunks, with whatever keeps their bytes alive.
//
// Contract: chunks are ordered by time, those of equal times by what is in them, once Combine() made the series: the replica that
//           deduplication begins with does not depend on which endpoint was faster, and is the one Thanos begins with.
// Threads:  values; frames are shared and immutable.
// Owns:     a share of each frame its chunks point into. A frame is charged to the query's account until its last series is
//           gone; the account must outlive the series.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/memory_account.h"
#include "common/labels/labels.h"
#include "common/storeapi/wire_chunk.h"

namespace epi::storeapi {

// One received message.
struct Frame {
  std::string message;
  MemoryCharge charge;
};

struct ChunkSeries {
  labels::Labels labels;
  std::vector<AggrChunkView> chunks;
  std::vector<std::shared_ptr<const Frame>> frames;
  // The Series message as received; empty when labels or chunks were changed since.
  std::string_view encoded;
};

// One series of parts that have equal labels: chunks in time order, equal ones once.
ChunkSeries Combine(ChunkSeries first, std::vector<ChunkSeries> others);

// Appends the series as a Series message: as received where nothing was changed.
void AppendSeries(std::string* out, const ChunkSeries& series);

// Puts each chunk, in order, into the first row whose last chunk ended before it; opens a new row when there is none.
// The rows of a series whose replicas were mixed behave like replicas again.
std::vector<std::vector<AggrChunkView>> SplitOverlaps(const std::vector<AggrChunkView>& chunks);

}  // namespace epi::storeapi
