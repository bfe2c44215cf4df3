// Thanos' downsampled chunk: five slots that each hold a chunk or nothing. Format: docs/formats/aggregate-chunk.md.
//
// Threads:  pure functions.
// Owns:     nothing; slots are views into the parsed bytes.
// Errors:   DataLoss when a slot reaches past the end or has encoding 0, or bytes are left over.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/tsdb/chunk.h"

namespace epi::tsdb {

// In the order of the bytes, and of StoreAPI's aggregates.
enum class AggregateSlot : uint8_t { kCount = 0, kSum = 1, kMin = 2, kMax = 3, kCounter = 4 };
inline constexpr size_t kAggregateSlots = 5;

// Encoding::kNone in a slot means absent.
struct AggregateChunk {
  std::array<ChunkData, kAggregateSlots> slots;

  ChunkData& operator[](AggregateSlot slot) { return slots[static_cast<size_t>(slot)]; }
  const ChunkData& operator[](AggregateSlot slot) const { return slots[static_cast<size_t>(slot)]; }
};

Result<AggregateChunk> ParseAggregateChunk(std::string_view data);

// The bytes of an aggregate chunk. A present slot has non-empty data: length 0 is the mark of an absent one.
std::string EncodeAggregateChunk(const AggregateChunk& chunk);

}  // namespace epi::tsdb
