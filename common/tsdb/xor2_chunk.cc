#include "common/tsdb/xor2_chunk.h"

#include <algorithm>
#include <bit>

#include "common/base/bytes.h"
#include "common/base/check.h"
#include "common/series/sample.h"

namespace epi::tsdb {
namespace {

constexpr unsigned kShortDodBits = 13;
constexpr unsigned kLongDodBits = 20;

Status Broken() { return DataLossError("XOR2 chunk ends too early or is damaged"); }

constexpr bool FitsTwosComplement(int64_t value, unsigned bits) {
  const int64_t half = int64_t{1} << (bits - 1);
  return value >= -half && value < half;
}

// The state of a decoder between two samples.
struct State {
  BitReader reader;
  ReadWindow window;
  uint64_t t = 0;
  uint64_t step = 0;
  uint64_t baseline = 0;

  // The value field after a dod; returns the value's bits.
  uint64_t ReadValue() {
    const uint64_t word = reader.Peek();
    switch (std::min(std::countl_one(word), 3)) {
      case 0:
        reader.Skip(1);
        break;
      case 1:
        reader.Skip(2);
        baseline ^= window.ReadSame(&reader);
        break;
      case 2:
        reader.Skip(3);
        baseline ^= window.ReadNew(&reader);
        break;
      default:
        reader.Skip(3);
        return series::kStaleNanBits;
    }
    return baseline;
  }

  // A joint field: moves t and returns the value's bits.
  uint64_t ReadJoint() {
    const uint64_t word = reader.Peek();
    const unsigned ones = static_cast<unsigned>(std::min(std::countl_one(word), 5));
    switch (ones) {
      case 0:
        reader.Skip(1);
        t += step;
        return baseline;
      case 1:
        reader.Skip(3);
        t += step;
        baseline ^= (word >> 61 & 1) == 0 ? window.ReadSame(&reader) : window.ReadNew(&reader);
        return baseline;
      case 2:
        return ReadDodAndValue(word, 3, kShortDodBits);
      case 3:
        return ReadDodAndValue(word, 4, kLongDodBits);
      case 4:
        reader.Skip(5);
        step += reader.ReadWide(64);
        t += step;
        return ReadValue();
      default:
        reader.Skip(5);
        t += step;
        return series::kStaleNanBits;
    }
  }

  uint64_t ReadDodAndValue(uint64_t word, unsigned prefix, unsigned width) {
    reader.Skip(prefix + width);
    step += static_cast<uint64_t>(static_cast<int64_t>(word << prefix) >> (64 - width));
    t += step;
    return ReadValue();
  }
};

// Samples 2 … n−1 of a chunk whose samples carry no start times of their own. A zero bit is a whole sample.
void DecodePlainTail(State* shared, size_t n, int64_t* times, double* values) {
  State state = *shared;
  size_t i = 2;
  while (i < n) {
    const uint64_t word = state.reader.Peek();
    if (static_cast<int64_t>(word) >= 0) {
      const size_t zero_bits = std::min<size_t>(static_cast<size_t>(std::countl_zero(word)), kPeekBits);
      const size_t run = std::min(zero_bits, n - i);
      const double value = std::bit_cast<double>(state.baseline);
      for (const size_t end = i + run; i < end; ++i) {
        state.t += state.step;
        times[i] = static_cast<int64_t>(state.t);
        values[i] = value;
      }
      state.reader.Skip(static_cast<unsigned>(run));
      continue;
    }
    const uint64_t bits = state.ReadJoint();
    times[i] = static_cast<int64_t>(state.t);
    values[i] = std::bit_cast<double>(bits);
    ++i;
  }
  *shared = state;
}

void DecodeTailWithStartTimes(State* state, StartTimeReader* start_times, size_t n, FloatColumns* out) {
  int64_t* times = out->mutable_times_ms();
  for (size_t i = 2; i < n; ++i) {
    const int64_t previous_t = static_cast<int64_t>(state->t);
    out->mutable_values()[i] = std::bit_cast<double>(state->ReadJoint());
    times[i] = static_cast<int64_t>(state->t);
    out->mutable_start_times_ms()[i] = start_times->Read(&state->reader, static_cast<uint32_t>(i), times[i], previous_t);
  }
}

}  // namespace

void Xor2Encoder::AppendFirst(int64_t t_ms, double value) {
  writer_.Write(0, 24);  // Count and start-time header, known in Finish().
  writer_.Varint(t_ms);
  writer_.Write(std::bit_cast<uint64_t>(value), 64);
  window_ = {};
  start_times_ = {};
  baseline_ = 0;
}

void Xor2Encoder::WriteValue(BitWriter::Place* place, double value) {
  if (series::IsStaleNan(value)) return place->WriteShort(0b111, 3);
  const uint64_t delta = std::bit_cast<uint64_t>(value) ^ baseline_;
  if (delta == 0) return place->WriteShort(0, 1);
  WriteChangedXor(place, &window_, delta, {0b10, 2}, {0b110, 3});
}

void Xor2Encoder::WriteJoint(BitWriter::Place* place, int64_t dod, double value) {
  if (dod == 0) {
    if (series::IsStaleNan(value)) return place->WriteShort(0b11111, 5);
    const uint64_t delta = std::bit_cast<uint64_t>(value) ^ baseline_;
    if (delta == 0) return place->WriteShort(0, 1);
    return WriteChangedXor(place, &window_, delta, {0b100, 3}, {0b101, 3});
  }
  const uint64_t field = static_cast<uint64_t>(dod);
  if (FitsTwosComplement(dod, kShortDodBits)) {
    place->WriteShort(uint64_t{0b110} << kShortDodBits | (field & ((uint64_t{1} << kShortDodBits) - 1)), 3 + kShortDodBits);
  } else if (FitsTwosComplement(dod, kLongDodBits)) {
    place->WriteShort(uint64_t{0b1110} << kLongDodBits | (field & ((uint64_t{1} << kLongDodBits) - 1)), 4 + kLongDodBits);
  } else {
    place->WriteShort(0b11110, 5);
    place->Write(field, 64);
  }
  WriteValue(place, value);
}

void Xor2Encoder::Append(int64_t start_ms, int64_t t_ms, double value) {
  CHECK(count_ < kFloatChunkSamplesMax);
  const uint64_t t = static_cast<uint64_t>(t_ms);
  const uint64_t step = t - t_;
  if (count_ == 0) {
    AppendFirst(t_ms, value);
  } else if (count_ == 1) {
    writer_.Uvarint(step);
    BitWriter::Place place = writer_.Begin();
    WriteValue(&place, value);
    writer_.End(place);
  } else {
    BitWriter::Place place = writer_.Begin();
    WriteJoint(&place, static_cast<int64_t>(step - step_), value);
    writer_.End(place);
  }
  start_times_.Write(&writer_, count_, t_ms, static_cast<int64_t>(t_), start_ms);
  if (!series::IsStaleNan(value)) baseline_ = std::bit_cast<uint64_t>(value);
  t_ = t;
  step_ = step;
  ++count_;
}

std::string Xor2Encoder::Finish() {
  CHECK(count_ > 0);
  std::string data = writer_.Finish();
  data[0] = static_cast<char>(count_ >> 8);
  data[1] = static_cast<char>(count_ & 0xff);
  data[2] = static_cast<char>(start_times_.header().byte());
  count_ = 0;
  return data;
}

Status DecodeXor2(std::string_view data, FloatColumns* out) {
  ByteReader bytes(data);
  const size_t n = bytes.U16Be();
  const StartTimeHeader header(bytes.U8());
  if (!bytes.ok() || n > 8 * data.size()) return Broken();
  out->Resize(n, !header.empty());
  if (n == 0) return OkStatus();
  State state;
  state.reader = BitReader(bytes.rest());
  StartTimeReader start_times(header);
  int64_t* times = out->mutable_times_ms();
  for (uint32_t i = 0; i < std::min<size_t>(n, 2); ++i) {
    const int64_t previous_t = static_cast<int64_t>(state.t);
    uint64_t bits;
    if (i == 0) {
      state.t = static_cast<uint64_t>(state.reader.Varint());
      bits = state.reader.ReadWide(64);
      state.baseline = bits == series::kStaleNanBits ? 0 : bits;
    } else {
      state.step = state.reader.Uvarint();
      state.t += state.step;
      bits = state.ReadValue();
    }
    times[i] = static_cast<int64_t>(state.t);
    out->mutable_values()[i] = std::bit_cast<double>(bits);
    const int64_t start = start_times.Read(&state.reader, i, times[i], previous_t);
    if (!header.empty()) out->mutable_start_times_ms()[i] = start;
  }
  if (header.change_index() == 0) {
    DecodePlainTail(&state, n, times, out->mutable_values());
    if (!header.empty()) std::fill_n(out->mutable_start_times_ms() + std::min<size_t>(n, 2), n - std::min<size_t>(n, 2), out->start_times_ms()[0]);
  } else {
    DecodeTailWithStartTimes(&state, &start_times, n, out);
  }
  return state.reader.ok() && state.window.valid ? OkStatus() : Broken();
}

}  // namespace epi::tsdb
