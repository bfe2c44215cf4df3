// XorLane: the samples of one XOR chunk, one after the other, so that two chunks can be decoded side by side.
//
// Each sample's place depends on the size of the one before: a processor waits for this chain of steps most of the time, and two
// chains take little longer than one. As in xor_chunk.cc, fields of the usual forms are read without a branch:
//
//   word:  │0│           or  │1 0│ dod 14 │        then  │0│  or  │1 0│ window's width │
//
// Contract: Next() reads kMargin bytes from the position on at most; Roomy() says whether they are there. For the last bytes of a
//           chunk there is Moved(): the same lane over a copy of them with room behind.
// Threads:  a value.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "common/tsdb/bit_reader.h"
#include "common/tsdb/xor_value.h"

namespace epi::tsdb {

class XorLane {
 public:
  // The longest sample that Next() decodes, rounded up, and one more word.
  static constexpr size_t kMargin = 16;

  XorLane() = default;
  // Starts after the second sample: `t`, `step` and `bits` are its time, its distance from the first, and its value.
  XorLane(std::string_view bytes, size_t position_bits, uint64_t t, uint64_t step, uint64_t bits, const ReadWindow& window)
      : data_(bytes.data()), position_(position_bits), roomy_until_(bytes.size() < kMargin ? 0 : 8 * (bytes.size() - kMargin)),
        t_(t), step_(step), bits_(bits), window_(window) {}

  bool Roomy() const { return position_ < roomy_until_; }
  // The lane at `position_bits` of `bytes`, which hold what it would read next, with kMargin bytes behind them.
  XorLane Moved(std::string_view bytes, size_t position_bits) const {
    XorLane moved = *this;
    moved.data_ = bytes.data();
    moved.position_ = position_bits;
    moved.roomy_until_ = 8 * bytes.size();
    return moved;
  }

  // Decodes at least one sample to times[i] …, `end` being the chunk's size. Returns the next i; the same i when the sample is one
  // for the plain reader. REQUIRES: Roomy().
  [[gnu::always_inline]] size_t Next(size_t i, size_t end, int64_t* times, double* values) {
    const uint64_t word = PeekAt(position_);
    if (word >> (64 - kRunBits) == 0) [[unlikely]] return Run(word, i, end, times, values);
    const uint64_t given = word >> 63;
    uint64_t dod = static_cast<uint64_t>(SignedField(word << 2 >> (64 - kDodBits), kDodBits)) & -given;
    unsigned dod_bits = 1 + static_cast<unsigned>(given) * (1 + kDodBits);
    if (word >= kTwoOnes) [[unlikely]] {
      const unsigned ones = static_cast<unsigned>(std::countl_one(word));
      if (ones > 3) return i;
      const unsigned width = ones == 2 ? 17 : 20;
      dod = static_cast<uint64_t>(SignedField(word << (ones + 1) >> (64 - width), width));
      dod_bits = ones + 1 + width;
    }
    if (!ReadValue(word << dod_bits, position_ + dod_bits)) [[unlikely]] return i;
    step_ += dod;
    t_ += step_;
    times[i] = static_cast<int64_t>(t_);
    values[i] = std::bit_cast<double>(bits_);
    return i + 1;
  }

  // For the plain reader, from the current position on.
  size_t position_bits() const { return position_; }
  uint64_t t() const { return t_; }
  uint64_t step() const { return step_; }
  uint64_t bits() const { return bits_; }
  const ReadWindow& window() const { return window_; }

 private:
  static constexpr uint64_t kTwoOnes = uint64_t{3} << 62;
  static constexpr unsigned kDodBits = 14;
  // So many zero bits are a run of samples that repeat step and value: long enough not to be met by chance.
  static constexpr unsigned kRunBits = 16;
  // A value of at most so many bits lies in the same word as the time before it, whatever the time's form.
  static constexpr unsigned kWidthMax = kPeekBits - 24 - 2;

  uint64_t PeekAt(size_t position) const {
    uint64_t word;
    std::memcpy(&word, data_ + (position >> 3), sizeof(word));
    return __builtin_bswap64(word) << (position & 7);
  }

  // The value field at `position`, whose first bits are those of `rest`; moves on behind it. False, with nothing changed, when it is
  // one for the plain reader.
  [[gnu::always_inline]] bool ReadValue(uint64_t rest, size_t position) {
    const uint64_t changed = rest >> 63;
    const unsigned width = window_.width;
    if (rest >= kTwoOnes || (changed & (width > kWidthMax ? 1U : 0U)) != 0) [[unlikely]] {
      return rest >= kTwoOnes ? ReadNew(rest, position + 13) : ReadWide(position + 2);
    }
    bits_ ^= (rest << 2 >> (64 - width) << window_.trailing) & -changed;
    position_ = position + 1 + ((1 + width) & -changed);
    return true;
  }

  // [5] lead [6] sig, then the XOR.
  [[gnu::always_inline]] bool ReadNew(uint64_t rest, size_t position) {
    const unsigned leading = static_cast<unsigned>(rest >> 57) & 31;
    const unsigned width = ((static_cast<unsigned>(rest >> 51) - 1) & 63) + 1;
    if (width > kPeekBits || leading + width > 64) return false;
    window_.width = width;
    window_.trailing = 64 - leading - width;
    return ReadWide(position);
  }

  [[gnu::always_inline]] bool ReadWide(size_t position) {
    if (window_.width > kPeekBits) return false;
    bits_ ^= PeekAt(position) >> (64 - window_.width) << window_.trailing;
    position_ = position + window_.width;
    return true;
  }

  [[gnu::always_inline]] size_t Run(uint64_t word, size_t i, size_t end, int64_t* times, double* values) {
    const size_t zero_bits = std::min<size_t>(static_cast<size_t>(std::countl_zero(word)), kPeekBits);
    const size_t run_end = std::min(end, i + zero_bits / 2);
    position_ += 2 * (run_end - i);
    const double value = std::bit_cast<double>(bits_);
    for (; i < run_end; ++i) {
      t_ += step_;
      times[i] = static_cast<int64_t>(t_);
      values[i] = value;
    }
    return i;
  }

  const char* data_ = nullptr;
  size_t position_ = 0;
  size_t roomy_until_ = 0;
  uint64_t t_ = 0;
  uint64_t step_ = 0;
  uint64_t bits_ = 0;
  ReadWindow window_;
};

}  // namespace epi::tsdb
