// AggrChunk on the wire: a time range and up to six chunks, one per aggregate.
//
//   AggrChunk  1 min_time  2 max_time  3 raw  4 count  5 sum  6 min  7 max  8 counter    (each a Chunk)
//   Chunk      1 type      2 data      3 hash
//
// Contract: a chunk is kept as its encoded bytes and taken apart only when its samples or its hash are looked at, so that
//           it is forwarded byte for byte, with fields that this version does not know.
// Threads:  values and pure functions.
// Owns:     nothing; views into the received message.
// Units:    times are Unix milliseconds, inclusive at both ends.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/status.h"

namespace epi::storeapi {

// Numbers of proto/store.proto; the slot of an aggregate in AggrChunk is field 3 + number.
enum class Aggregate : uint8_t { kRaw = 0, kCount = 1, kSum = 2, kMin = 3, kMax = 4, kCounter = 5 };
inline constexpr size_t kAggregates = 6;

// Chunk.Encoding of proto/types.proto.
enum class WireEncoding : uint8_t { kXor = 0, kHistogram = 1, kFloatHistogram = 2, kXor2 = 3 };

struct WireChunk {
  uint64_t encoding = 0;  // A WireEncoding, or a number this version does not know.
  std::string_view data;
  uint64_t hash = 0;  // 0: the sender did not say.
};

// An AggrChunk taken apart.
struct WireChunkSlots {
  std::array<WireChunk, kAggregates> slots;
  uint8_t present = 0;  // Bit per aggregate.

  bool Has(Aggregate aggregate) const { return (present >> static_cast<unsigned>(aggregate) & 1U) != 0; }
  const WireChunk& operator[](Aggregate aggregate) const { return slots[static_cast<size_t>(aggregate)]; }
  void Set(Aggregate aggregate, const WireChunk& chunk) {
    slots[static_cast<size_t>(aggregate)] = chunk;
    present = static_cast<uint8_t>(present | 1U << static_cast<unsigned>(aggregate));
  }
};

// An AggrChunk as received.
struct AggrChunkView {
  int64_t mint_ms = 0;
  int64_t maxt_ms = 0;
  std::string_view encoded;
};

// XXH64 with seed 0, what Chunk.hash holds.
uint64_t ChunkHash(std::string_view data);

// Errors: DataLoss naming the message and offset.
Status ParseAggrChunk(std::string_view encoded, AggrChunkView* chunk);
Result<WireChunkSlots> ParseChunkSlots(std::string_view encoded);
// DataLoss when a chunk has a hash and its data has another.
Status CheckChunkHashes(const AggrChunkView& chunk);
// True when both hold the same samples in the same bytes, whatever hash their senders gave.
bool SameChunk(const AggrChunkView& a, const AggrChunkView& b);
// Below zero when `a` comes before `b` among chunks of equal times, zero when SameChunk(). Thanos' order: by aggregate, then by
// encoding, then the larger bytes first. A malformed chunk counts as empty.
int CompareContent(const AggrChunkView& a, const AggrChunkView& b);

// Appends an AggrChunk as field 2 of Series. A hash of 0 is computed here.
void AppendChunk(std::string* series, int64_t mint_ms, int64_t maxt_ms, const WireChunkSlots& slots);
// The same for a chunk that is passed on as it came.
void AppendEncodedChunk(std::string* series, const AggrChunkView& chunk);

}  // namespace epi::storeapi
