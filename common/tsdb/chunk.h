// What a chunk is: its encoding, its reference, its time range and its bytes. Format: docs/formats/chunks.md.
//
// Threads:  values.
// Owns:     nothing; views point into memory that the caller keeps alive.
// Units:    times are Unix milliseconds, inclusive at both ends.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/status.h"

namespace epi::tsdb {

// The number on disk.
enum class Encoding : uint8_t {
  kNone = 0,
  kXor = 1,
  kHistogram = 2,
  kFloatHistogram = 3,
  kXor2 = 4,
  kHistogramSt = 5,  // St: with start times.
  kFloatHistogramSt = 6,
  kAggregate = 0xff,  // Thanos' downsampled chunk, see aggregate_chunk.h.
};

// What the samples of a chunk are.
enum class SampleKind : uint8_t { kNone, kFloat, kHistogram, kFloatHistogram };

constexpr SampleKind KindOf(Encoding encoding) {
  switch (encoding) {
    case Encoding::kXor:
    case Encoding::kXor2:
      return SampleKind::kFloat;
    case Encoding::kHistogram:
    case Encoding::kHistogramSt:
      return SampleKind::kHistogram;
    case Encoding::kFloatHistogram:
    case Encoding::kFloatHistogramSt:
      return SampleKind::kFloatHistogram;
    case Encoding::kNone:
    case Encoding::kAggregate:
      break;
  }
  return SampleKind::kNone;
}

// "XOR", "histogram", "floathistogram", "XOR2", "histogramST", "floathistogramST", "aggregate", "unknown encoding 9".
std::string EncodingName(Encoding encoding);

// Where a chunk is: segment counted from 0 (file 000001 is segment 0), offset of the chunk's length field in the file.
struct ChunkRef {
  uint64_t value = 0;

  constexpr ChunkRef() = default;
  constexpr explicit ChunkRef(uint64_t ref) : value(ref) {}
  constexpr ChunkRef(uint32_t segment, uint32_t offset) : value(uint64_t{segment} << 32 | offset) {}
  constexpr uint32_t segment() const { return static_cast<uint32_t>(value >> 32); }
  constexpr uint32_t offset() const { return static_cast<uint32_t>(value); }
  friend constexpr auto operator<=>(ChunkRef, ChunkRef) = default;
};
// "0:8": segment and offset.
std::string ToString(ChunkRef ref);

// A chunk as the index knows it.
struct ChunkMeta {
  int64_t mint_ms = 0;
  int64_t maxt_ms = 0;
  ChunkRef ref;
  friend bool operator==(const ChunkMeta&, const ChunkMeta&) = default;
};

// Encoding and data of a chunk, without length and checksum.
struct ChunkData {
  Encoding encoding = Encoding::kNone;
  std::string_view data;
};

// A chunk ready to be decoded.
struct ChunkView {
  int64_t mint_ms = 0;
  int64_t maxt_ms = 0;
  ChunkRef ref;
  ChunkData chunk;
};

// A chunk as an encoder leaves it.
struct EncodedChunk {
  Encoding encoding = Encoding::kNone;
  uint32_t sample_count = 0;
  int64_t mint_ms = 0;
  int64_t maxt_ms = 0;
  std::string data;

  ChunkData view() const { return {encoding, data}; }
};

// Number of samples the chunk says it has (an aggregate chunk: its count slot). Reads the header only.
// Errors: DataLoss when the header is cut short or the encoding is unknown.
Result<uint32_t> SampleCount(const ChunkData& chunk);

}  // namespace epi::tsdb
