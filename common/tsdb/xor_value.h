// XOR-coded doubles: the value fields of XOR chunks and of histogram chunks, and the windows that XOR2 shares.
// Format: docs/formats/chunks.md.
//
// Threads:  values.
#pragma once

#include <bit>
#include <cstdint>

#include "common/tsdb/bit_reader.h"
#include "common/tsdb/bit_writer.h"

namespace epi::tsdb {

// Where the changed bits of a value lie, when decoding. Before the first explicit window it is the whole value.
struct ReadWindow {
  unsigned width = 64;
  unsigned trailing = 0;
  bool valid = true;  // False once a window did not fit 64 bits.

  // [5] lead [6] sig, then the XOR.
  uint64_t ReadNew(BitReader* reader) {
    const uint64_t header = reader->Read(11);
    const unsigned leading = static_cast<unsigned>(header >> 6);
    const unsigned sig = static_cast<unsigned>(header & 63);
    width = sig == 0 ? 64 : sig;
    valid &= leading + width <= 64;
    trailing = (64 - leading - width) & 63;
    return ReadSame(reader);
  }
  uint64_t ReadSame(BitReader* reader) const { return reader->ReadWide(width) << trailing; }
};

// The next value's bits, given those of the value before.
inline uint64_t ReadXorBits(BitReader* reader, ReadWindow* window, uint64_t previous) {
  const uint64_t word = reader->Peek();
  if (static_cast<int64_t>(word) >= 0) {
    reader->Skip(1);
    return previous;
  }
  reader->Skip(2);
  const bool same_window = (word >> 62 & 1) == 0;
  return previous ^ (same_window ? window->ReadSame(reader) : window->ReadNew(reader));
}

// The same when encoding. Two of these per XOR field: window and last value.
struct WriteWindow {
  static constexpr unsigned kNone = 0xff;
  static constexpr unsigned kLeadingMax = 31;

  unsigned leading = kNone;
  unsigned trailing = 0;

  // Does a (non-zero) XOR fit into the window? If not, the window becomes that of the XOR.
  bool Adapt(uint64_t delta) {
    const unsigned new_leading = static_cast<unsigned>(std::countl_zero(delta));
    const unsigned new_trailing = static_cast<unsigned>(std::countr_zero(delta));
    const unsigned clamped = new_leading > kLeadingMax ? kLeadingMax : new_leading;
    if (leading != kNone && clamped >= leading && new_trailing >= trailing) return true;
    leading = clamped;
    trailing = new_trailing;
    return false;
  }
  unsigned width() const { return 64 - leading - trailing; }
  void WriteSame(BitWriter* writer, uint64_t delta) const { writer->Write(delta >> trailing, width()); }
  void WriteNew(BitWriter* writer, uint64_t delta) const {
    writer->Write(uint64_t{leading} << 6 | (width() & 63), 11);
    WriteSame(writer, delta);
  }
};

struct XorWriter {
  uint64_t last = 0;
  WriteWindow window;

  void Write(BitWriter* writer, uint64_t bits) {
    const uint64_t delta = bits ^ last;
    last = bits;
    if (delta == 0) return writer->Write(0, 1);
    if (window.Adapt(delta)) {
      writer->Write(0b10, 2);
      window.WriteSame(writer, delta);
    } else {
      writer->Write(0b11, 2);
      window.WriteNew(writer, delta);
    }
  }
};

}  // namespace epi::tsdb
