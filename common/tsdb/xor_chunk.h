// XOR chunks (encoding 1): floats. Format: docs/formats/chunks.md.
//
// Contract: every bit of every value survives, NaN payloads included; equal and falling times are kept as they are.
// Threads:  an encoder is used by one thread; DecodeXor is pure.
// Errors:   DataLoss when the bytes end too early or hold an impossible window; then the columns are unspecified.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/tsdb/bit_writer.h"
#include "common/tsdb/float_columns.h"
#include "common/tsdb/xor_value.h"

namespace epi::tsdb {

// A chunk's sample count is 16 bits.
inline constexpr uint32_t kFloatChunkSamplesMax = 0xffff;

class XorEncoder {
 public:
  // REQUIRES: count() < kFloatChunkSamplesMax.
  void Append(int64_t t_ms, double value);
  uint32_t count() const { return count_; }
  // What Finish() would return now.
  size_t size_bytes() const { return writer_.size_bytes(); }
  // The chunk's data. The encoder is empty again afterwards. REQUIRES: count() > 0.
  std::string Finish();

 private:
  void AppendFirst(int64_t t_ms, uint64_t bits);

  BitWriter writer_;
  XorWriter value_;
  uint64_t t_ = 0;
  uint64_t step_ = 0;
  uint32_t count_ = 0;
};

Status DecodeXor(std::string_view data, FloatColumns* out);

// DecodeXor() in two parts, for who decodes the samples between by other means (xor_pair.h).
//
// What is left of a chunk after some samples: its bits, and the state of the decoder.
struct XorTail {
  std::string_view bytes;  // Those of the second value and of all that follows.
  size_t position_bits = 0;
  uint64_t t = 0;
  uint64_t step = 0;
  uint64_t bits = 0;
  ReadWindow window;
  size_t size = 0;  // Samples of the chunk, and where they go.
  int64_t* times = nullptr;
  double* values = nullptr;
};
// Reads the header and up to two samples.
Result<XorTail> OpenXor(std::string_view data, FloatColumns* out);
// Decodes samples `next` … size − 1.
Status FinishXor(const XorTail& tail, size_t next);

}  // namespace epi::tsdb
