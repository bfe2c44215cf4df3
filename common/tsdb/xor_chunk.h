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

}  // namespace epi::tsdb
