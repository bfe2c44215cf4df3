#include "common/storeapi/wire_chunk.h"

#include <xxhash.h>

#include "common/base/str_cat.h"
#include "common/storeapi/wire_reader.h"
#include "common/storeapi/wire_writer.h"

namespace epi::storeapi {
namespace {

constexpr uint32_t kFirstSlotField = 3;
constexpr uint32_t kSeriesChunksField = 2;

Status Malformed(std::string_view message, size_t offset) {
  return DataLossError(StrCat("malformed protobuf in ", message, " at offset ", offset));
}

Status ParseChunk(std::string_view encoded, WireChunk* chunk) {
  FieldReader fields(encoded);
  while (const uint32_t tag = fields.Next()) {
    if (tag == VarintTag(1)) chunk->encoding = fields.varint();
    if (tag == BytesTag(2)) chunk->data = fields.bytes();
    if (tag == VarintTag(3)) chunk->hash = fields.varint();
  }
  return fields.ok() ? OkStatus() : Malformed("Chunk", fields.offset());
}

size_t ChunkSize(const WireChunk& chunk) {
  size_t size = 0;
  if (chunk.encoding != 0) size += 1 + UvarintSize(chunk.encoding);
  if (!chunk.data.empty()) size += BytesFieldSize(chunk.data.size());
  if (chunk.hash != 0) size += 1 + UvarintSize(chunk.hash);
  return size;
}

// Both leave out zero.
char* PutInt64(uint32_t field, int64_t value, char* out) {
  if (value == 0) return out;
  *out++ = static_cast<char>(VarintTag(field));
  return PutVarint(static_cast<uint64_t>(value), out);
}
size_t Int64FieldSize(int64_t value) { return value == 0 ? 0 : 1 + UvarintSize(static_cast<uint64_t>(value)); }

}  // namespace

uint64_t ChunkHash(std::string_view data) { return XXH64(data.data(), data.size(), 0); }

Status ParseAggrChunk(std::string_view encoded, AggrChunkView* chunk) {
  chunk->mint_ms = 0;
  chunk->maxt_ms = 0;
  chunk->encoded = encoded;
  FieldReader fields(encoded);
  while (const uint32_t tag = fields.Next()) {
    if (tag == VarintTag(1)) chunk->mint_ms = fields.int64();
    if (tag == VarintTag(2)) chunk->maxt_ms = fields.int64();
  }
  return fields.ok() ? OkStatus() : Malformed("AggrChunk", fields.offset());
}

Result<WireChunkSlots> ParseChunkSlots(std::string_view encoded) {
  WireChunkSlots slots;
  FieldReader fields(encoded);
  while (const uint32_t tag = fields.Next()) {
    if (tag < BytesTag(kFirstSlotField) || tag > BytesTag(kFirstSlotField + kAggregates - 1)) continue;
    if ((tag & 7) != kWireBytes) continue;
    const uint32_t slot = (tag >> 3) - kFirstSlotField;
    WireChunk chunk;
    RETURN_IF_ERROR(ParseChunk(fields.bytes(), &chunk));
    slots.Set(static_cast<Aggregate>(slot), chunk);
  }
  if (!fields.ok()) return Malformed("AggrChunk", fields.offset());
  return slots;
}

Status CheckChunkHashes(const AggrChunkView& chunk) {
  FieldReader fields(chunk.encoded);
  while (const uint32_t tag = fields.Next()) {
    if (tag < BytesTag(kFirstSlotField) || tag > BytesTag(kFirstSlotField + kAggregates - 1)) continue;
    if ((tag & 7) != kWireBytes) continue;
    WireChunk slot;
    RETURN_IF_ERROR(ParseChunk(fields.bytes(), &slot));
    if (slot.hash == 0 || slot.hash == ChunkHash(slot.data)) continue;
    return DataLossError(StrCat("hash mismatch of chunk with samples from ", chunk.mint_ms, " to ", chunk.maxt_ms, ": sent ", slot.hash,
                                ", received bytes have ", ChunkHash(slot.data)));
  }
  return fields.ok() ? OkStatus() : Malformed("AggrChunk", fields.offset());
}

namespace {

WireChunkSlots SlotsOrNone(const AggrChunkView& chunk) {
  auto slots = ParseChunkSlots(chunk.encoded);
  return slots.ok() ? *std::move(slots) : WireChunkSlots();
}

}  // namespace

bool SameChunk(const AggrChunkView& a, const AggrChunkView& b) {
  return a.mint_ms == b.mint_ms && a.maxt_ms == b.maxt_ms && CompareContent(a, b) == 0;
}

int CompareContent(const AggrChunkView& a, const AggrChunkView& b) {
  if (a.encoded == b.encoded) return 0;
  const WireChunkSlots left = SlotsOrNone(a);
  const WireChunkSlots right = SlotsOrNone(b);
  for (size_t i = 0; i < kAggregates; ++i) {
    const auto aggregate = static_cast<Aggregate>(i);
    if (left.Has(aggregate) != right.Has(aggregate)) return left.Has(aggregate) ? -1 : 1;
    const WireChunk& x = left[aggregate];
    const WireChunk& y = right[aggregate];
    if (x.encoding != y.encoding) return x.encoding < y.encoding ? -1 : 1;
    if (x.data != y.data) return x.data > y.data ? -1 : 1;
  }
  return 0;
}

void AppendChunk(std::string* series, int64_t mint_ms, int64_t maxt_ms, const WireChunkSlots& slots) {
  std::array<WireChunk, kAggregates> present;
  std::array<uint32_t, kAggregates> fields{};
  size_t count = 0;
  size_t size = Int64FieldSize(mint_ms) + Int64FieldSize(maxt_ms);
  for (uint32_t i = 0; i < kAggregates; ++i) {
    if (!slots.Has(static_cast<Aggregate>(i))) continue;
    WireChunk& chunk = present[count];
    chunk = slots.slots[i];
    if (chunk.hash == 0) chunk.hash = ChunkHash(chunk.data);
    size += BytesFieldSize(ChunkSize(chunk));
    fields[count++] = kFirstSlotField + i;
  }
  const size_t begin = series->size();
  series->resize(begin + BytesFieldSize(size));
  char* out = PutBytesHeader(kSeriesChunksField, size, series->data() + begin);
  out = PutInt64(1, mint_ms, out);
  out = PutInt64(2, maxt_ms, out);
  for (size_t i = 0; i < count; ++i) {
    out = PutBytesHeader(fields[i], ChunkSize(present[i]), out);
    out = PutInt64(1, static_cast<int64_t>(present[i].encoding), out);
    if (!present[i].data.empty()) out = PutBytes(2, present[i].data, out);
    out = PutInt64(3, static_cast<int64_t>(present[i].hash), out);
  }
}

void AppendEncodedChunk(std::string* series, const AggrChunkView& chunk) {
  FieldWriter(series).Message(kSeriesChunksField, chunk.encoded);
}

}  // namespace epi::storeapi
