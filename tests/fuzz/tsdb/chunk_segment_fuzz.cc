// Bytes as a chunk segment file: walked from chunk to chunk, each read with and without its frame.
#include "common/base/check.h"
#include "common/tsdb/chunk_segment_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace epi::tsdb;  // NOLINT
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);  // NOLINT
  const auto reader = ChunkSegmentReader::FromBytes("fuzz", {bytes});
  if (!reader.ok()) return 0;
  ChunkRef ref(0, kChunkSegmentHeaderBytes);
  while (ref.offset() < size) {
    const epi::Result<ChunkData> chunk = (*reader)->Read(ref);
    const epi::Result<std::string_view> framed = (*reader)->ReadFramed(ref);
    CHECK(chunk.ok() == framed.ok());
    const epi::Result<ChunkRef> next = (*reader)->Next(ref);
    if (!next.ok()) break;
    CHECK(next->offset() > ref.offset());
    if (chunk.ok()) CHECK(framed->size() == next->offset() - ref.offset());
    ref = *next;
  }
  return 0;
}
