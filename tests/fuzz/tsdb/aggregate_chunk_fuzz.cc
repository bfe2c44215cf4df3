// Bytes as aggregate chunk data: what parses encodes to an equal chunk, and its slots are read as chunks.
#include "common/tsdb/aggregate_chunk.h"

#include "tests/fuzz/tsdb/chunk_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace epi::tsdb;  // NOLINT
  const epi::Result<AggregateChunk> chunk = ParseAggregateChunk({reinterpret_cast<const char*>(data), size});  // NOLINT
  if (!chunk.ok()) return 0;
  for (const ChunkData& slot : chunk->slots) {
    FuzzChunk(slot.encoding, reinterpret_cast<const uint8_t*>(slot.data.data()), slot.data.size());  // NOLINT
  }
  const std::string again = EncodeAggregateChunk(*chunk);
  const epi::Result<AggregateChunk> parsed = ParseAggregateChunk(again);
  CHECK(parsed.ok());
  for (size_t i = 0; i < kAggregateSlots; ++i) CHECK(parsed->slots[i].data == chunk->slots[i].data);
  return 0;
}
