// Reads bits from the highest to the lowest of each byte.
//
// Contract: never reads past its bytes; beyond the end there are zero bits. ok() tells afterwards whether more bits were taken
//           than there are: check it once after a group of reads.
// Threads:  none; a value.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "common/base/bytes.h"

namespace epi::tsdb {

// Bits that Peek() holds at least, whatever the position.
inline constexpr unsigned kPeekBits = 57;

class BitReader {
 public:
  BitReader() = default;
  explicit BitReader(std::string_view bytes) : data_(bytes.data()), size_(bytes.size()) {}

  bool ok() const { return position_ <= 8 * size_; }
  size_t position_bits() const { return position_; }
  size_t remaining_bits() const { return ok() ? 8 * size_ - position_ : 0; }

  // The next bits in the high end of the word; at least kPeekBits of them are there.
  uint64_t Peek() const {
    const size_t byte = position_ >> 3;
    const unsigned shift = static_cast<unsigned>(position_ & 7);
    if (byte + sizeof(uint64_t) <= size_) [[likely]] {
      uint64_t word;
      std::memcpy(&word, data_ + byte, sizeof(word));
      return __builtin_bswap64(word) << shift;
    }
    return PeekAtEnd(byte) << shift;
  }
  void Skip(size_t bits) { position_ += bits; }

  // REQUIRES: 1 <= bits <= kPeekBits.
  uint64_t Read(unsigned bits) {
    const uint64_t value = Peek() >> (64 - bits);
    position_ += bits;
    return value;
  }
  // REQUIRES: 1 <= bits <= 64.
  uint64_t ReadWide(unsigned bits) {
    if (bits <= kPeekBits) return Read(bits);
    const uint64_t high = Read(bits - 32);
    return high << 32 | Read(32);
  }
  // LEB128 at any bit position; more than 10 bytes or 64 bits read as 0 and fail.
  uint64_t Uvarint() {
    uint64_t value = 0;
    for (size_t i = 0; i < kVarintBytesMax; ++i) {
      const uint64_t byte = Read(8);
      if (i == kVarintBytesMax - 1 && byte > 1) break;
      value |= (byte & 0x7f) << (7 * i);
      if (byte < 0x80) return value;
    }
    position_ = 8 * size_ + 1;
    return 0;
  }
  int64_t Varint() { return ZigZagDecode(Uvarint()); }

 private:
  uint64_t PeekAtEnd(size_t byte) const {
    uint64_t word = 0;
    for (size_t i = 0; i < sizeof(word) && byte + i < size_; ++i) {
      word |= uint64_t{static_cast<uint8_t>(data_[byte + i])} << (56 - 8 * i);
    }
    return word;
  }

  const char* data_ = nullptr;
  size_t size_ = 0;
  size_t position_ = 0;
};

// The lopsided signed range that all variable fields but XOR2's share: k bits hold −(2^(k−1)−1) … 2^(k−1).
// REQUIRES: 1 <= bits <= 63.
constexpr int64_t SignedField(uint64_t raw, unsigned bits) {
  const uint64_t half = uint64_t{1} << (bits - 1);
  return static_cast<int64_t>(raw > half ? raw - (half << 1) : raw);
}

}  // namespace epi::tsdb
