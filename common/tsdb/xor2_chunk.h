// XOR2 chunks (encoding 4): floats, optionally with start times. Format: docs/formats/chunks.md.
//
// Contract: every bit of every value survives, NaN payloads included; equal and falling times are kept as they are.
// Threads:  an encoder is used by one thread; DecodeXor2 is pure.
// Errors:   DataLoss when the bytes end too early or hold an impossible window; then the columns are unspecified.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/tsdb/bit_writer.h"
#include "common/tsdb/float_columns.h"
#include "common/tsdb/start_time_codec.h"
#include "common/tsdb/xor_chunk.h"
#include "common/tsdb/xor_value.h"

namespace epi::tsdb {

class Xor2Encoder {
 public:
  // start_ms 0: unknown. REQUIRES: count() < kFloatChunkSamplesMax.
  void Append(int64_t start_ms, int64_t t_ms, double value);
  uint32_t count() const { return count_; }
  // What Finish() would return now.
  size_t size_bytes() const { return writer_.size_bytes(); }
  // The chunk's data. The encoder is empty again afterwards. REQUIRES: count() > 0.
  std::string Finish();

 private:
  void AppendFirst(int64_t t_ms, double value);
  void WriteJoint(BitWriter::Place* place, int64_t dod, double value);
  void WriteValue(BitWriter::Place* place, double value);

  BitWriter writer_;
  WriteWindow window_;
  StartTimeWriter start_times_;
  uint64_t baseline_ = 0;
  uint64_t t_ = 0;
  uint64_t step_ = 0;
  uint32_t count_ = 0;
};

// Start times are in the columns when the chunk has any.
Status DecodeXor2(std::string_view data, FloatColumns* out);

}  // namespace epi::tsdb
