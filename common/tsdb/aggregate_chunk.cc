#include "common/tsdb/aggregate_chunk.h"

#include "common/base/bytes.h"
#include "common/base/check.h"
#include "common/base/str_cat.h"

namespace epi::tsdb {

Result<AggregateChunk> ParseAggregateChunk(std::string_view data) {
  AggregateChunk chunk;
  ByteReader reader(data);
  for (ChunkData& slot : chunk.slots) {
    const uint64_t size = reader.Uvarint();
    if (size == 0) continue;
    slot.encoding = static_cast<Encoding>(reader.U8());
    slot.data = reader.Bytes(size);
    if (slot.encoding == Encoding::kNone && reader.ok()) return DataLossError("aggregate chunk has a slot without encoding");
  }
  if (!reader.ok()) return DataLossError(StrCat("aggregate chunk is cut short at byte ", reader.offset()));
  if (!reader.empty()) return DataLossError(StrCat("aggregate chunk has ", reader.remaining(), " bytes after its last slot"));
  return chunk;
}

std::string EncodeAggregateChunk(const AggregateChunk& chunk) {
  std::string bytes;
  ByteWriter writer(&bytes);
  for (const ChunkData& slot : chunk.slots) {
    if (slot.encoding == Encoding::kNone) {
      writer.Uvarint(0);
      continue;
    }
    CHECK(!slot.data.empty());
    writer.Uvarint(slot.data.size());
    writer.U8(static_cast<uint8_t>(slot.encoding));
    writer.Bytes(slot.data);
  }
  return bytes;
}

}  // namespace epi::tsdb
