// XOR-coded doubles: the value fields of XOR chunks and of histogram chunks, and the windows that XOR2 shares.
// Format: docs/formats/chunks.md.
//
// Threads:  values.
#pragma once

#include <algorithm>
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
  [[gnu::always_inline]] uint64_t ReadNew(BitReader* reader) {
    const uint64_t header = reader->Read(11);
    const unsigned leading = static_cast<unsigned>(header >> 6);
    const unsigned sig = static_cast<unsigned>(header & 63);
    width = sig == 0 ? 64 : sig;
    valid &= leading + width <= 64;
    trailing = (64 - leading - width) & 63;
    return ReadSame(reader);
  }
  [[gnu::always_inline]] uint64_t ReadSame(BitReader* reader) const { return reader->ReadWide(width) << trailing; }
};

// The next value's bits, given those of the value before.
[[gnu::always_inline]] inline uint64_t ReadXorBits(BitReader* reader, ReadWindow* window, uint64_t previous) {
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
  static constexpr unsigned kNone = 0xff;  // More than any XOR has.
  static constexpr unsigned kLeadingMax = 31;

  unsigned leading = kNone;
  unsigned trailing = 0;

  bool Fits(uint64_t delta) const {
    return std::min(static_cast<unsigned>(std::countl_zero(delta)), kLeadingMax) >= leading &&
           static_cast<unsigned>(std::countr_zero(delta)) >= trailing;
  }
  // Does a (non-zero) XOR fit into the window? If not, the window becomes that of the XOR.
  bool Adapt(uint64_t delta) {
    const unsigned new_leading = static_cast<unsigned>(std::countl_zero(delta));
    const unsigned new_trailing = static_cast<unsigned>(std::countr_zero(delta));
    const unsigned clamped = new_leading > kLeadingMax ? kLeadingMax : new_leading;
    if (clamped >= leading && new_trailing >= trailing) return true;
    leading = clamped;
    trailing = new_trailing;
    return false;
  }
  unsigned width() const { return 64 - leading - trailing; }
  // [5] leading [6] width, 64 as 0.
  static constexpr unsigned kHeaderBits = 11;
  uint64_t header() const { return uint64_t{leading} << 6 | (width() & 63); }
};

// The bits that say which window a value is in, with what goes before them.
struct WindowMark {
  uint64_t mark;
  unsigned bits;  // At most 20.
};
// A changed value: its mark, the window's header if that is new, and the window's bits. Inlined, so that the address of `place` goes
// nowhere and it can stay in registers. REQUIRES: delta != 0.
[[gnu::always_inline]] inline void WriteChangedXor(BitWriter::Place* place, WriteWindow* window, uint64_t delta, WindowMark same,
                                                   WindowMark changed) {
  if (!window->Adapt(delta)) {
    same.mark = changed.mark << WriteWindow::kHeaderBits | window->header();
    same.bits = changed.bits + WriteWindow::kHeaderBits;
  }
  place->WriteShort(same.mark, same.bits);
  place->Write(delta >> window->trailing, window->width());
}

struct XorWriter {
  // Widest window whose code fits one WriteShort() behind a prefix of kPrefixBits.
  static constexpr unsigned kPrefixBits = 16;
  static constexpr unsigned kShortWidth = kShortWriteBits - kPrefixBits - 2;

  uint64_t last = 0;
  WriteWindow window;

  // Writes a prefix and the value behind it, for a value in the usual window as one write without a branch: whether a value changed
  // is anyone's guess. REQUIRES: prefix_bits <= kPrefixBits.
  [[gnu::always_inline]] void Write(BitWriter::Place* place, uint64_t prefix, unsigned prefix_bits, uint64_t bits) {
    const uint64_t delta = bits ^ last;
    last = bits;
    const unsigned changed = delta != 0 ? 1 : 0;
    const unsigned width = window.width();
    const unsigned simple = (window.Fits(delta) ? 1U : 0U) & (width <= kShortWidth ? 1U : 0U);
    if ((changed & ~simple) != 0) {
      const uint64_t mark = prefix << 2;
      return WriteChangedXor(place, &window, delta, {mark | 0b10, prefix_bits + 2}, {mark | 0b11, prefix_bits + 2});
    }
    const uint64_t code = uint64_t{changed} << ((width + 1) & 63) | delta >> window.trailing;
    const unsigned code_bits = 1 + changed * (1 + width);
    place->WriteShort(prefix << code_bits | code, prefix_bits + code_bits);
  }
  void Write(BitWriter* writer, uint64_t bits) {
    BitWriter::Place place = writer->Begin();
    Write(&place, 0, 0, bits);
    writer->End(place);
  }
};

}  // namespace epi::tsdb
