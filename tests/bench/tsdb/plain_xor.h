// A straightforward XOR chunk codec, bit by bit as the format page reads: what the fast one is measured against and checked with.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace epi::tsdb::plain {

struct Sample {
  int64_t t_ms;
  double value;
};

class Bits {
 public:
  explicit Bits(std::string_view bytes) : bytes_(bytes) {}
  uint64_t Read(unsigned count) {
    uint64_t value = 0;
    for (; count > 0; --count, ++position_) {
      const unsigned byte = position_ / 8 < bytes_.size() ? static_cast<uint8_t>(bytes_[position_ / 8]) : 0;
      value = value << 1 | (byte >> (7 - position_ % 8) & 1);
    }
    return value;
  }
  uint64_t Uvarint() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const uint64_t byte = Read(8);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return value;
  }
  int64_t Varint() {
    const uint64_t raw = Uvarint();
    return static_cast<int64_t>(raw >> 1) ^ -static_cast<int64_t>(raw & 1);
  }

 private:
  std::string_view bytes_;
  size_t position_ = 0;
};

inline int64_t ReadDod(Bits* bits) {
  const unsigned widths[] = {14, 17, 20};
  if (bits->Read(1) == 0) return 0;
  for (const unsigned width : widths) {
    if (bits->Read(1) != 0) continue;
    const int64_t raw = static_cast<int64_t>(bits->Read(width));
    return raw > int64_t{1} << (width - 1) ? raw - (int64_t{1} << width) : raw;
  }
  return static_cast<int64_t>(bits->Read(64));
}

struct Window {
  unsigned leading = 0;
  unsigned trailing = 0;
};

inline uint64_t ReadValue(Bits* bits, Window* window, uint64_t previous) {
  if (bits->Read(1) == 0) return previous;
  if (bits->Read(1) != 0) {
    window->leading = static_cast<unsigned>(bits->Read(5));
    const unsigned sig = static_cast<unsigned>(bits->Read(6));
    window->trailing = 64 - window->leading - (sig == 0 ? 64 : sig);
  }
  return previous ^ bits->Read(64 - window->leading - window->trailing) << window->trailing;
}

inline void Decode(std::string_view data, std::vector<Sample>* out) {
  Bits bits(data);
  const uint64_t count = bits.Read(16);
  Window window;
  uint64_t t = 0;
  uint64_t step = 0;
  uint64_t value = 0;
  out->clear();
  for (uint64_t i = 0; i < count; ++i) {
    if (i == 0) {
      t = static_cast<uint64_t>(bits.Varint());
      value = bits.Read(64);
    } else {
      step = i == 1 ? bits.Uvarint() : step + static_cast<uint64_t>(ReadDod(&bits));
      t += step;
      value = ReadValue(&bits, &window, value);
    }
    out->push_back({static_cast<int64_t>(t), std::bit_cast<double>(value)});
  }
}

}  // namespace epi::tsdb::plain
