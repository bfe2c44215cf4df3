// varbit numbers, as histogram chunks and start times use them. Format: docs/formats/chunks.md.
//
// Threads:  pure functions.
#pragma once

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

// Signed numbers whose code is at most kShortVarbitBits long, by that many leading bits of the stream. bits 0: the code is longer.
// Buckets change by a few observations, so nearly all their numbers are here, and reading them needs no guess about their length.
struct ShortVarbit {
  int8_t value = 0;
  uint8_t bits = 0;
};
inline constexpr unsigned kShortVarbitBits = 9;

namespace internal {
constexpr auto MakeShortVarbits() {
  std::array<ShortVarbit, size_t{1} << kShortVarbitBits> table{};
  for (unsigned lead = 0; lead < table.size(); ++lead) {
    const uint64_t word = uint64_t{lead} << (64 - kShortVarbitBits);
    const unsigned ones = static_cast<unsigned>(std::countl_one(word));
    if (ones > 2) continue;
    const unsigned width = kVarbitWidths[ones];
    const int64_t value = ones == 0 ? 0 : SignedField(word << (ones + 1) >> (64 - width), width);
    table[lead] = {static_cast<int8_t>(value), static_cast<uint8_t>(ones + 1 + width)};
  }
  return table;
}
}  // namespace internal
inline constexpr auto kShortVarbits = internal::MakeShortVarbits();

// ReadVarbitInt for numbers that are mostly small but not mostly 0.
inline int64_t ReadSmallVarbitInt(BitReader* reader) {
  const ShortVarbit code = kShortVarbits[reader->Peek() >> (64 - kShortVarbitBits)];
  if (code.bits == 0) [[unlikely]] return ReadVarbitInt(reader);
  reader->Skip(code.bits);
  return code.value;
}

// Calls use(i, number) for i = 0 … count−1 with the next signed numbers.
template <typename Use>
void ReadVarbitInts(BitReader* reader, size_t count, Use use) {
  size_t i = 0;
  while (i < count) {
    uint64_t word = reader->Peek();
    unsigned taken = 0;
    while (i < count && taken + kShortVarbitBits <= kPeekBits) {
      const ShortVarbit code = kShortVarbits[word >> (64 - kShortVarbitBits)];
      if (code.bits == 0) break;
      use(i++, int64_t{code.value});
      word <<= code.bits;
      taken += code.bits;
    }
    reader->Skip(taken);
    const bool long_code = i < count && taken + kShortVarbitBits <= kPeekBits;
    if (long_code) use(i++, ReadVarbitInt(reader));
  }
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
