// Bytes as float histogram (with start times) chunk data.
#include "tests/fuzz/tsdb/chunk_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return epi::tsdb::FuzzChunk(epi::tsdb::Encoding::kFloatHistogramSt, data, size);
}
