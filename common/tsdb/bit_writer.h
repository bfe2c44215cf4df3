// Writes bits from the highest to the lowest of each byte.
//
// Threads:  none.
// Owns:     its bytes, until Finish() hands them over.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>

#include "common/base/bytes.h"

namespace epi::tsdb {

// Bits that WriteShort() takes at most.
inline constexpr unsigned kShortWriteBits = 56;

class BitWriter {
 public:
  // Where the next bit goes. A copy that lives in registers while several fields are written: Begin(), writes, End().
  class Place {
   public:
    // The low `bits` bits of `value`. Without a branch on what was written before: how often a byte fills up is not to be guessed.
    // REQUIRES: 1 <= bits <= kShortWriteBits, no higher bit of value is set.
    void WriteShort(uint64_t value, unsigned bits) {
      pending_ |= value << (64 - used_ - bits);
      used_ += bits;
      const uint64_t word = __builtin_bswap64(pending_);
      std::memcpy(next_, &word, sizeof(word));
      const unsigned full = used_ & ~7U;
      next_ += full / 8;
      pending_ <<= full;
      used_ -= full;
    }
    // REQUIRES: 1 <= bits <= 64, no higher bit of value is set.
    void Write(uint64_t value, unsigned bits) {
      if (bits > kShortWriteBits) [[unlikely]] {
        WriteShort(value >> 32, bits - 32);
        value &= 0xffffffff;
        bits = 32;
      }
      WriteShort(value, bits);
    }

   private:
    friend class BitWriter;
    Place(char* next, uint64_t pending, unsigned used) : next_(next), pending_(pending), used_(used) {}

    char* next_;        // The byte that the pending bits go to.
    uint64_t pending_;  // used_ bits at the high end, zeros below.
    unsigned used_;     // Below 8.
  };

  // There is room for writes of kRoomBytes in all until End().
  static constexpr size_t kRoomBytes = 64;
  Place Begin() {
    if (size_ + kRoomBytes + sizeof(uint64_t) > bytes_.size()) [[unlikely]] Grow();
    return Place(bytes_.data() + size_, pending_, used_);
  }
  void End(const Place& place) {
    pending_ = place.pending_;
    used_ = place.used_;
    size_ = static_cast<size_t>(place.next_ - bytes_.data());
  }

  // The low `bits` bits of `value`. REQUIRES: 1 <= bits <= 64, no higher bit of value is set.
  void Write(uint64_t value, unsigned bits) {
    Place place = Begin();
    place.Write(value, bits);
    End(place);
  }
  void Uvarint(uint64_t value) {
    while (value >= 0x80) {
      Write((value & 0x7f) | 0x80, 8);
      value >>= 7;
    }
    Write(value, 8);
  }
  void Varint(int64_t value) { Uvarint(ZigZagEncode(value)); }

  // Bytes so far, counting a begun one.
  size_t size_bytes() const { return size_ + (used_ + 7) / 8; }

  // The bytes, the last one filled up with zero bits. The writer is empty again afterwards.
  std::string Finish() {
    std::string result(bytes_.data(), size_bytes());
    Clear();
    return result;
  }
  void Clear() {
    size_ = 0;
    pending_ = 0;
    used_ = 0;
  }

 private:
  [[gnu::noinline]] void Grow() { bytes_.resize(2 * bytes_.size() + kFirstBytes); }

  // Most chunks are smaller.
  static constexpr size_t kFirstBytes = 512;

  std::string bytes_;  // The first size_ are whole; the next holds the pending bits, too.
  size_t size_ = 0;
  // As in Place. Its three members are copied one by one: read back as a block right after being written, they would stall.
  uint64_t pending_ = 0;
  unsigned used_ = 0;
};

}  // namespace epi::tsdb
