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

class BitWriter {
 public:
  // The low `bits` bits of `value`. REQUIRES: 1 <= bits <= 64, no higher bit of value is set.
  void Write(uint64_t value, unsigned bits) {
    const unsigned room = 64 - used_;
    if (bits < room) {
      pending_ |= value << (room - bits);
      used_ += bits;
      return;
    }
    used_ = bits - room;
    FlushWord(pending_ | (value >> used_));
    pending_ = used_ == 0 ? 0 : value << (64 - used_);
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
    const size_t total = size_bytes();
    if (used_ != 0) FlushWord(pending_);
    std::string result(bytes_.data(), total);
    Clear();
    return result;
  }
  void Clear() {
    size_ = 0;
    pending_ = 0;
    used_ = 0;
  }

 private:
  void FlushWord(uint64_t word) {
    if (size_ + sizeof(word) > bytes_.size()) bytes_.resize(2 * bytes_.size() + kFirstBytes);
    word = __builtin_bswap64(word);
    std::memcpy(bytes_.data() + size_, &word, sizeof(word));
    size_ += sizeof(word);
  }

  // Most chunks are smaller.
  static constexpr size_t kFirstBytes = 512;

  std::string bytes_;  // Only the first size_ count.
  size_t size_ = 0;
  uint64_t pending_ = 0;  // used_ bits at the high end, zeros below.
  unsigned used_ = 0;
};

}  // namespace epi::tsdb
