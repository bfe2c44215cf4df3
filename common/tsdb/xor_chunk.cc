#include "common/tsdb/xor_chunk.h"

#include <algorithm>
#include <array>

#include "common/base/bytes.h"
#include "common/base/check.h"

namespace epi::tsdb {
namespace {

// A sample after the second takes at least one bit of time and one of value.
constexpr size_t kSampleBitsMin = 2;
// Field widths of a dod after 1, 2 and 3 ones; four ones stand for 64 bits and have no closing zero.
constexpr std::array<unsigned, 4> kDodWidths = {0, 14, 17, 20};
constexpr unsigned kDodOnesMax = 4;

Status Broken() { return DataLossError("XOR chunk ends too early or is damaged"); }

// REQUIRES: word (the peeked bits) starts with a one. Always inlined, as what takes a reader's address forces it out of registers.
[[gnu::always_inline]] inline int64_t ReadDod(BitReader* reader, uint64_t word) {
  const unsigned ones = static_cast<unsigned>(std::countl_one(word));
  if (ones < kDodOnesMax) [[likely]] {
    const unsigned width = kDodWidths[ones];
    reader->Skip(ones + 1 + width);
    return SignedField(word << (ones + 1) >> (64 - width), width);
  }
  reader->Skip(kDodOnesMax);
  return static_cast<int64_t>(reader->ReadWide(64));
}

// A dod of more than 14 bits. Place goes in and out by value: nobody takes the address of the caller's.
[[gnu::noinline]] BitWriter::Place WriteWideDod(BitWriter::Place place, int64_t dod) {
  for (unsigned ones = 2; ones < kDodOnesMax; ++ones) {
    const unsigned width = kDodWidths[ones];
    const int64_t half = int64_t{1} << (width - 1);
    if (dod < -(half - 1) || dod > half) continue;
    const uint64_t prefix = (uint64_t{1} << (ones + 1)) - 2;
    place.Write(prefix << width | (static_cast<uint64_t>(dod) & ((uint64_t{1} << width) - 1)), ones + 1 + width);
    return place;
  }
  place.Write(0b1111, kDodOnesMax);
  place.Write(static_cast<uint64_t>(dod), 64);
  return place;
}

// A time and a value after the second.
[[gnu::always_inline]] inline void WriteLater(BitWriter* writer, XorWriter* value, int64_t dod, uint64_t bits) {
  constexpr unsigned kWidth = kDodWidths[1];
  constexpr uint64_t kMask = (uint64_t{1} << kWidth) - 1;
  BitWriter::Place place = writer->Begin();
  uint64_t code = 0;
  unsigned code_bits = 0;
  // Not within −(2^13 − 1) … 2^13.
  if (static_cast<uint64_t>(dod) + kMask / 2 > kMask) [[unlikely]] {
    place = WriteWideDod(place, dod);
  } else {
    const unsigned given = dod != 0 ? 1 : 0;
    code = uint64_t{given} << (kWidth + 1) | (static_cast<uint64_t>(dod) & kMask);
    code_bits = 1 + given * (1 + kWidth);
  }
  value->Write(&place, code, code_bits, bits);
  writer->End(place);
}

// Where a decoder is: after which sample, and with which window.
struct DecodeState {
  BitReader reader;
  ReadWindow window;
  uint64_t t = 0;
  uint64_t step = 0;
  uint64_t bits = 0;
};

// A run of `zero_bits`, or as many of them as are samples i … n−1: same step, same value. Returns how many samples that was.
[[gnu::always_inline]] inline size_t DecodeRun(DecodeState* state, size_t zero_bits, size_t i, size_t n, int64_t* times, double* values) {
  const size_t run = std::min(std::min<size_t>(zero_bits, kPeekBits) / kSampleBitsMin, n - i);
  const double value = std::bit_cast<double>(state->bits);
  for (const size_t end = i + run; i < end; ++i) {
    state->t += state->step;
    times[i] = static_cast<int64_t>(state->t);
    values[i] = value;
  }
  state->reader.Skip(static_cast<unsigned>(run * kSampleBitsMin));
  return run;
}

// Samples i … n−1 for times on the grid, where the next field's form can be guessed from those of the last ones.
bool DecodeOnGrid(DecodeState state, size_t i, size_t n, int64_t* times, double* values) {
  while (i < n) {
    const uint64_t word = state.reader.Peek();
    if (word >> 62 == 0) {
      i += DecodeRun(&state, static_cast<size_t>(std::countl_zero(word)), i, n, times, values);
      continue;
    }
    if (static_cast<int64_t>(word) >= 0) {
      state.reader.Skip(1);
    } else {
      state.step += static_cast<uint64_t>(ReadDod(&state.reader, word));
    }
    state.t += state.step;
    state.bits = ReadXorBits(&state.reader, &state.window, state.bits);
    times[i] = static_cast<int64_t>(state.t);
    values[i] = std::bit_cast<double>(state.bits);
    ++i;
  }
  return state.reader.ok() && state.window.valid;
}

// Samples i … n−1. Where some times are off the grid, a wrong guess costs more than a sample: so both fields of the usual forms (dod 0
// or of 14 bits, value unchanged or in the window before) are read without a branch.
//
//   word:  │0│           or  │1 0│ dod 14 │        then  │0│  or  │1 0│ window's width │
//
// The first few samples tell whether the chunk is better guessed after all: nearly no time off the grid, or nearly all.
bool DecodeTail(DecodeState state, size_t i, size_t n, int64_t* times, double* values) {
  constexpr uint64_t kTwoOnes = uint64_t{3} << 62;
  constexpr unsigned kDodBits = kDodWidths[1];
  // Then both fields come from one word.
  constexpr unsigned kWidthMax = kPeekBits - (2 + kDodBits) - 2;
  constexpr unsigned kRunBits = 16;
  constexpr unsigned kProbe = 12;
  size_t probe_end = i + kProbe;
  unsigned off_grid = 0;
  while (i < n) {
    if (i >= probe_end) [[unlikely]] {
      if (off_grid <= kProbe / 4 || off_grid == kProbe) return DecodeOnGrid(state, i, n, times, values);
      probe_end = n;
    }
    const uint64_t word = state.reader.Peek();
    if (word >> (64 - kRunBits) == 0) {
      i += DecodeRun(&state, static_cast<size_t>(std::countl_zero(word)), i, n, times, values);
      continue;
    }
    const unsigned dod_given = static_cast<unsigned>(word >> 63);
    const unsigned dod_bits = 1 + dod_given * (1 + kDodBits);
    const uint64_t rest = word << dod_bits;
    const unsigned changed = static_cast<unsigned>(rest >> 63);
    const unsigned width = state.window.width;
    off_grid += dod_given;
    if (word >= kTwoOnes) [[unlikely]] {
      state.step += static_cast<uint64_t>(ReadDod(&state.reader, word));
      state.bits = ReadXorBits(&state.reader, &state.window, state.bits);
    } else {
      const int64_t dod = SignedField(word << 2 >> (64 - kDodBits), kDodBits);
      state.step += static_cast<uint64_t>(dod) & -uint64_t{dod_given};
      if (rest >= kTwoOnes || (changed & (width > kWidthMax ? 1U : 0U)) != 0) [[unlikely]] {
        state.reader.Skip(dod_bits);
        state.bits = ReadXorBits(&state.reader, &state.window, state.bits);
      } else {
        state.bits ^= (rest << 2 >> (64 - width) << state.window.trailing) & -uint64_t{changed};
        state.reader.Skip(dod_bits + 1 + ((1 + width) & -changed));
      }
    }
    state.t += state.step;
    times[i] = static_cast<int64_t>(state.t);
    values[i] = std::bit_cast<double>(state.bits);
    ++i;
  }
  return state.reader.ok() && state.window.valid;
}

}  // namespace

void XorEncoder::AppendFirst(int64_t t_ms, uint64_t bits) {
  writer_.Write(0, 16);  // The count, known in Finish().
  writer_.Varint(t_ms);
  writer_.Write(bits, 64);
  value_ = {.last = bits, .window = {}};
}

void XorEncoder::Append(int64_t t_ms, double value) {
  CHECK(count_ < kFloatChunkSamplesMax);
  const uint64_t bits = std::bit_cast<uint64_t>(value);
  const uint64_t t = static_cast<uint64_t>(t_ms);
  const uint64_t step = t - t_;
  if (count_ == 0) {
    AppendFirst(t_ms, bits);
  } else if (count_ == 1) {
    writer_.Uvarint(step);
    value_.Write(&writer_, bits);
  } else {
    WriteLater(&writer_, &value_, static_cast<int64_t>(step - step_), bits);
  }
  t_ = t;
  step_ = step;
  ++count_;
}

std::string XorEncoder::Finish() {
  CHECK(count_ > 0);
  std::string data = writer_.Finish();
  data[0] = static_cast<char>(count_ >> 8);
  data[1] = static_cast<char>(count_ & 0xff);
  count_ = 0;
  return data;
}

Result<XorTail> OpenXor(std::string_view data, FloatColumns* out) {
  ByteReader header(data);
  XorTail tail;
  tail.size = header.U16Be();
  if (!header.ok() || tail.size > 8 * data.size() / kSampleBitsMin) return Broken();
  out->Resize(tail.size, false);
  if (tail.size == 0) return tail;
  tail.times = out->mutable_times_ms();
  tail.values = out->mutable_values();
  tail.t = static_cast<uint64_t>(header.Varint());
  tail.bits = header.U64Be();
  tail.times[0] = static_cast<int64_t>(tail.t);
  tail.values[0] = std::bit_cast<double>(tail.bits);
  if (tail.size > 1) tail.step = header.Uvarint();
  if (!header.ok()) return Broken();
  if (tail.size == 1) return tail;
  tail.bytes = header.rest();
  BitReader reader(tail.bytes);
  tail.t += tail.step;
  tail.bits = ReadXorBits(&reader, &tail.window, tail.bits);
  tail.position_bits = reader.position_bits();
  tail.times[1] = static_cast<int64_t>(tail.t);
  tail.values[1] = std::bit_cast<double>(tail.bits);
  return tail;
}

Status FinishXor(const XorTail& tail, size_t next) {
  DecodeState state = {BitReader(tail.bytes), tail.window, tail.t, tail.step, tail.bits};
  state.reader.Skip(tail.position_bits);
  return DecodeTail(state, next, tail.size, tail.times, tail.values) ? OkStatus() : Broken();
}

Status DecodeXor(std::string_view data, FloatColumns* out) {
  const XorTail tail = TRY(OpenXor(data, out));
  return FinishXor(tail, 2);
}

}  // namespace epi::tsdb
