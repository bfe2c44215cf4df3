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

// REQUIRES: word (the peeked bits) starts with a one.
int64_t ReadDod(BitReader* reader, uint64_t word) {
  const unsigned ones = static_cast<unsigned>(std::countl_one(word));
  if (ones < kDodOnesMax) [[likely]] {
    const unsigned width = kDodWidths[ones];
    reader->Skip(ones + 1 + width);
    return SignedField(word << (ones + 1) >> (64 - width), width);
  }
  reader->Skip(kDodOnesMax);
  return static_cast<int64_t>(reader->ReadWide(64));
}

void WriteDod(BitWriter* writer, int64_t dod) {
  if (dod == 0) return writer->Write(0, 1);
  for (unsigned ones = 1; ones < kDodOnesMax; ++ones) {
    const unsigned width = kDodWidths[ones];
    const int64_t half = int64_t{1} << (width - 1);
    if (dod < -(half - 1) || dod > half) continue;
    const uint64_t prefix = (uint64_t{1} << (ones + 1)) - 2;
    return writer->Write(prefix << width | (static_cast<uint64_t>(dod) & ((uint64_t{1} << width) - 1)), ones + 1 + width);
  }
  writer->Write(0b1111, kDodOnesMax);
  writer->Write(static_cast<uint64_t>(dod), 64);
}

// Samples 2 … n−1. Runs of zero bits are whole samples: same step, same value.
bool DecodeTail(BitReader reader, uint64_t t, uint64_t step, uint64_t bits, ReadWindow window, size_t n, int64_t* times, double* values) {
  size_t i = 2;
  while (i < n) {
    const uint64_t word = reader.Peek();
    if (word >> 62 == 0) {
      const size_t zero_bits = std::min<size_t>(static_cast<size_t>(std::countl_zero(word)), kPeekBits);
      const size_t run = std::min(zero_bits / kSampleBitsMin, n - i);
      const double value = std::bit_cast<double>(bits);
      for (const size_t end = i + run; i < end; ++i) {
        t += step;
        times[i] = static_cast<int64_t>(t);
        values[i] = value;
      }
      reader.Skip(static_cast<unsigned>(run * kSampleBitsMin));
      continue;
    }
    if (static_cast<int64_t>(word) >= 0) {
      reader.Skip(1);
    } else {
      step += static_cast<uint64_t>(ReadDod(&reader, word));
    }
    t += step;
    bits = ReadXorBits(&reader, &window, bits);
    times[i] = static_cast<int64_t>(t);
    values[i] = std::bit_cast<double>(bits);
    ++i;
  }
  return reader.ok() && window.valid;
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
    WriteDod(&writer_, static_cast<int64_t>(step - step_));
    value_.Write(&writer_, bits);
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

Status DecodeXor(std::string_view data, FloatColumns* out) {
  ByteReader header(data);
  const size_t n = header.U16Be();
  if (!header.ok() || n > 8 * data.size() / kSampleBitsMin) return Broken();
  out->Resize(n, false);
  if (n == 0) return OkStatus();
  int64_t* times = out->mutable_times_ms();
  double* values = out->mutable_values();
  uint64_t t = static_cast<uint64_t>(header.Varint());
  uint64_t bits = header.U64Be();
  times[0] = static_cast<int64_t>(t);
  values[0] = std::bit_cast<double>(bits);
  if (n == 1) return header.ok() ? OkStatus() : Broken();
  const uint64_t step = header.Uvarint();
  if (!header.ok()) return Broken();
  BitReader reader(header.rest());
  ReadWindow window;
  t += step;
  bits = ReadXorBits(&reader, &window, bits);
  times[1] = static_cast<int64_t>(t);
  values[1] = std::bit_cast<double>(bits);
  return DecodeTail(reader, t, step, bits, window, n, times, values) ? OkStatus() : Broken();
}

}  // namespace epi::tsdb
