#include "common/tsdb/series_entry.h"

#include "common/base/bytes.h"
#include "common/base/str_cat.h"

namespace epi::tsdb {
namespace {

// Fewest bytes a label (two references) and a chunk (three numbers) can take.
constexpr uint64_t kLabelBytesMin = 2;
constexpr uint64_t kChunkBytesMin = 3;

// Times are added as the unsigned numbers they were subtracted as; a sum that wraps shows as maxt < mint.
int64_t AddTime(int64_t base_ms, uint64_t delta) {
  return static_cast<int64_t>(static_cast<uint64_t>(base_ms) + delta);
}

Status DecodeLabels(ByteReader* reader, SeriesEntry* entry) {
  const uint64_t count = reader->Uvarint();
  if (!reader->ok() || count > reader->remaining() / kLabelBytesMin) {
    return DataLossError(StrCat(count, " labels do not fit the entry"));
  }
  entry->labels.clear();
  entry->labels.reserve(count);
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t name = reader->Uvarint();
    const uint64_t value = reader->Uvarint();
    if (name > UINT32_MAX || value > UINT32_MAX) return DataLossError("symbol reference above 32 bits");
    entry->labels.push_back({static_cast<uint32_t>(name), static_cast<uint32_t>(value)});
  }
  return OkStatus();
}

Status DecodeChunks(ByteReader* reader, SeriesEntry* entry) {
  const uint64_t count = reader->Uvarint();
  if (!reader->ok() || count > reader->remaining() / kChunkBytesMin) {
    return DataLossError(StrCat(count, " chunks do not fit the entry"));
  }
  entry->chunks.clear();
  entry->chunks.reserve(count);
  ChunkMeta chunk;
  for (uint64_t i = 0; i < count; ++i) {
    const int64_t before_ms = chunk.maxt_ms;
    chunk.mint_ms = i == 0 ? reader->Varint() : AddTime(before_ms, reader->Uvarint());
    chunk.maxt_ms = AddTime(chunk.mint_ms, reader->Uvarint());
    chunk.ref = ChunkRef(i == 0 ? reader->Uvarint() : chunk.ref.value + static_cast<uint64_t>(reader->Varint()));
    if (chunk.maxt_ms < chunk.mint_ms || (i > 0 && chunk.mint_ms < before_ms)) return DataLossError("chunk times out of order");
    entry->chunks.push_back(chunk);
  }
  return OkStatus();
}

}  // namespace

Status DecodeSeriesEntry(std::string_view body, SeriesEntry* entry) {
  ByteReader reader(body);
  RETURN_IF_ERROR(DecodeLabels(&reader, entry));
  RETURN_IF_ERROR(DecodeChunks(&reader, entry));
  if (!reader.ok()) return DataLossError("entry is cut short");
  if (!reader.empty()) return DataLossError("bytes after the last chunk");
  return OkStatus();
}

void AppendChunkMetas(std::span<const ChunkMeta> chunks, std::string* out) {
  ByteWriter writer(out);
  writer.Uvarint(chunks.size());
  for (size_t i = 0; i < chunks.size(); ++i) {
    const ChunkMeta& chunk = chunks[i];
    const uint64_t length = static_cast<uint64_t>(chunk.maxt_ms) - static_cast<uint64_t>(chunk.mint_ms);
    if (i == 0) {
      writer.Varint(chunk.mint_ms);
      writer.Uvarint(length);
      writer.Uvarint(chunk.ref.value);
    } else {
      const ChunkMeta& before = chunks[i - 1];
      writer.Uvarint(static_cast<uint64_t>(chunk.mint_ms) - static_cast<uint64_t>(before.maxt_ms));
      writer.Uvarint(length);
      writer.Varint(static_cast<int64_t>(chunk.ref.value - before.ref.value));
    }
  }
}

}  // namespace epi::tsdb
