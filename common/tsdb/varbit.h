// varbit numbers, as histogram chunks and start times use them. Format: docs/formats/chunks.md.
//
// Threads:  pure functions.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "common/tsdb/bit_reader.h"
#include "common/tsdb/bit_writer.h"

namespace epi::tsdb {

// Width of the field after a prefix of 0…8 ones. All but the widest prefix end in a zero bit.
inline constexpr std::array<unsigned, 9> kVarbitWidths = {0, 3, 6, 9, 12, 18, 25, 56, 64};
inline constexpr unsigned kVarbitPrefixes = kVarbitWidths.size() - 1;

inline uint64_t ReadVarbitUint(BitReader* reader) {
  const uint64_t word = reader->Peek();
  if (static_cast<int64_t>(word) >= 0) {
    reader->Skip(1);
    return 0;
  }
  const unsigned ones = static_cast<unsigned>(std::countl_one(word));
  if (ones < 7) [[likely]] {
    const unsigned width = kVarbitWidths[ones];
    reader->Skip(ones + 1 + width);
    return word << (ones + 1) >> (64 - width);
  }
  reader->Skip(8);
  return ones == 7 ? reader->Read(56) : reader->ReadWide(64);
}

inline int64_t ReadVarbitInt(BitReader* reader) {
  const uint64_t word = reader->Peek();
  if (static_cast<int64_t>(word) >= 0) {
    reader->Skip(1);
    return 0;
  }
  const unsigned ones = static_cast<unsigned>(std::countl_one(word));
  if (ones < 7) [[likely]] {
    const unsigned width = kVarbitWidths[ones];
    reader->Skip(ones + 1 + width);
    return SignedField(word << (ones + 1) >> (64 - width), width);
  }
  reader->Skip(8);
  return ones == 7 ? SignedField(reader->Read(56), 56) : static_cast<int64_t>(reader->ReadWide(64));
}

// Signed numbers of up to two ones, at most kShortVarbitBits long, by that many leading bits of the stream: buckets change by a few
// observations, so nearly all their numbers are here. 0 for the longer codes, too.
inline constexpr unsigned kShortVarbitBits = 9;

namespace internal {
constexpr auto MakeShortVarbits() {
  std::array<int8_t, size_t{1} << kShortVarbitBits> table{};
  for (unsigned lead = 0; lead < table.size(); ++lead) {
    const uint64_t word = uint64_t{lead} << (64 - kShortVarbitBits);
    const unsigned ones = static_cast<unsigned>(std::countl_one(word));
    if (ones == 0 || ones > 2) continue;
    const unsigned width = kVarbitWidths[ones];
    table[lead] = static_cast<int8_t>(SignedField(word << (ones + 1) >> (64 - width), width));
  }
  return table;
}
inline constexpr auto kShortVarbits = MakeShortVarbits();

// Words from here on start with a longer code.
inline constexpr uint64_t kLongVarbit = uint64_t{7} << 61;
// Length of a short code by its first three bits; 0 for a longer one.
inline constexpr uint64_t kShortVarbitLengths = 0x00'09'05'05'01'01'01'01;

}  // namespace internal

// The next `count` signed numbers, which are mostly small. A number can be read only when the length of the one before is known, so that
// is what must be quick: three instructions from word to word. The numbers are looked up on the side.
template <size_t kCount>
[[gnu::always_inline]] inline void ReadVarbitGroup(BitReader* reader, int64_t* out) {
  static_assert(kCount * kShortVarbitBits <= kPeekBits);
  uint64_t word = reader->Peek();
  uint64_t begin = word;
  uint8_t taken = 0;
#pragma GCC unroll 6
  for (size_t i = 0; i < kCount; ++i) {
    begin = word;
    out[i] = internal::kShortVarbits[word >> (64 - kShortVarbitBits)];
    const uint64_t length = internal::kShortVarbitLengths >> (word >> 61 << 3);
    word <<= length & 63;
    taken = static_cast<uint8_t>(taken + length);
  }
  // A longer code has length 0 here, so that all later ones begin with it, too.
  if (begin < internal::kLongVarbit) [[likely]] return reader->Skip(taken);
  BitReader other = *reader;  // *reader stays in registers: nobody else gets its address.
  for (size_t i = 0; i < kCount; ++i) out[i] = ReadVarbitInt(&other);
  *reader = other;
}
[[gnu::always_inline]] inline void ReadVarbitInts(BitReader* shared, size_t count, int64_t* out) {
  BitReader reader = *shared;
  const int64_t* const end = out + count;
  for (; end - out >= 4; out += 4) ReadVarbitGroup<4>(&reader, out);
  for (; out != end; ++out) ReadVarbitGroup<1>(&reader, out);
  *shared = reader;
}

namespace internal {
inline void WriteVarbitField(BitWriter* writer, unsigned ones, uint64_t field) {
  const unsigned width = kVarbitWidths[ones];
  const unsigned prefix_bits = ones == kVarbitPrefixes ? ones : ones + 1;
  const uint64_t prefix = (uint64_t{1} << prefix_bits) - (ones == kVarbitPrefixes ? 1 : 2);
  if (prefix_bits + width <= 64) {
    writer->Write(prefix << width | field, prefix_bits + width);
    return;
  }
  writer->Write(prefix, prefix_bits);
  writer->Write(field, width);
}
}  // namespace internal

inline void WriteVarbitUint(BitWriter* writer, uint64_t value) {
  if (value == 0) return writer->Write(0, 1);
  unsigned ones = 1;
  while (ones < kVarbitPrefixes && value >> kVarbitWidths[ones] != 0) ++ones;
  internal::WriteVarbitField(writer, ones, value);
}

inline void WriteVarbitInt(BitWriter* writer, int64_t value) {
  if (value == 0) return writer->Write(0, 1);
  // k bits hold −(2^(k−1)−1) … 2^(k−1): what is needed is one bit more than value−1 (or −value) has.
  const uint64_t magnitude = value > 0 ? static_cast<uint64_t>(value) - 1 : ~static_cast<uint64_t>(value) + 1;
  const unsigned needed = static_cast<unsigned>(std::bit_width(magnitude)) + 1;
  unsigned ones = 1;
  while (ones < kVarbitPrefixes && needed > kVarbitWidths[ones]) ++ones;
  const unsigned width = kVarbitWidths[ones];
  const uint64_t mask = ~uint64_t{0} >> (64 - width);
  internal::WriteVarbitField(writer, ones, static_cast<uint64_t>(value) & mask);
}

}  // namespace epi::tsdb
