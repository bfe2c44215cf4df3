#include "agent/sidecar/read_response.h"

#include <snappy.h>

#include <bit>
#include <string>

#include "common/base/str_cat.h"
#include "common/storeapi/wire_reader.h"
#include "common/storeapi/wire_series.h"
#include "common/tsdb/xor_chunk.h"

namespace epi::agent {
namespace {

using storeapi::BytesTag;
using storeapi::FieldReader;
using storeapi::VarintTag;

constexpr uint32_t Fixed64Tag(uint32_t field) { return field << 3 | storeapi::kWireFixed64; }

// As many as Prometheus puts into a chunk.
constexpr uint32_t kSamplesPerChunk = 120;

Status Damaged(std::string_view message, const FieldReader& fields) {
  return DataLossError(StrCat("malformed ", message, " in remote read answer at offset ", fields.offset()));
}

Status ParseLabel(const FieldReader& fields, std::vector<labels::Label>* labels) {
  return storeapi::ParseLabel(fields.bytes(), &labels->emplace_back()) ? OkStatus() : Damaged("Label", fields);
}

Result<tsdb::ChunkView> ParseChunk(std::string_view message) {
  FieldReader fields(message);
  tsdb::ChunkView chunk;
  while (const uint32_t tag = fields.Next()) {
    if (tag == VarintTag(1)) chunk.mint_ms = fields.int64();
    if (tag == VarintTag(2)) chunk.maxt_ms = fields.int64();
    if (tag == VarintTag(3)) chunk.chunk.encoding = static_cast<tsdb::Encoding>(fields.varint());
    if (tag == BytesTag(4)) chunk.chunk.data = fields.bytes();
  }
  if (!fields.ok()) return Damaged("Chunk", fields);
  return chunk;
}

// Encodes samples as they come.
class SampleChunks {
 public:
  void Append(int64_t t_ms, double value) {
    if (encoder_.count() == 0) mint_ms_ = t_ms;
    maxt_ms_ = t_ms;
    encoder_.Append(t_ms, value);
    if (encoder_.count() == kSamplesPerChunk) Cut();
  }
  // Views into this object.
  std::vector<tsdb::ChunkView> Finish() {
    if (encoder_.count() > 0) Cut();
    std::vector<tsdb::ChunkView> views;
    for (const tsdb::EncodedChunk& chunk : chunks_) {
      views.push_back({chunk.mint_ms, chunk.maxt_ms, tsdb::ChunkRef(), chunk.view()});
    }
    return views;
  }

 private:
  void Cut() {
    const uint32_t count = encoder_.count();
    chunks_.push_back({tsdb::Encoding::kXor, count, mint_ms_, maxt_ms_, encoder_.Finish()});
  }

  tsdb::XorEncoder encoder_;
  int64_t mint_ms_ = 0;
  int64_t maxt_ms_ = 0;
  std::vector<tsdb::EncodedChunk> chunks_;
};

Status ParseSample(std::string_view message, SampleChunks* chunks) {
  FieldReader fields(message);
  double value = 0;
  int64_t t_ms = 0;
  while (const uint32_t tag = fields.Next()) {
    if (tag == Fixed64Tag(1)) value = std::bit_cast<double>(fields.varint());
    if (tag == VarintTag(2)) t_ms = fields.int64();
  }
  if (!fields.ok()) return Damaged("Sample", fields);
  chunks->Append(t_ms, value);
  return OkStatus();
}

Status ParseTimeSeries(std::string_view message, const ReadSeriesSink& sink) {
  FieldReader fields(message);
  std::vector<labels::Label> pairs;
  SampleChunks chunks;
  while (const uint32_t tag = fields.Next()) {
    if (tag == BytesTag(1)) RETURN_IF_ERROR(ParseLabel(fields, &pairs));
    if (tag == BytesTag(2)) RETURN_IF_ERROR(ParseSample(fields.bytes(), &chunks));
  }
  if (!fields.ok()) return Damaged("TimeSeries", fields);
  return sink({TRY(storeapi::ToLabels(pairs)), chunks.Finish()});
}

}  // namespace

Status ChunkedFrameParser::Parse(std::string_view frame) {
  FieldReader fields(frame);
  while (const uint32_t tag = fields.Next()) {
    if (tag == BytesTag(1)) RETURN_IF_ERROR(ParseSeries(fields.bytes()));
  }
  return fields.ok() ? OkStatus() : Damaged("ChunkedReadResponse", fields);
}

Status ChunkedFrameParser::ParseSeries(std::string_view message) {
  FieldReader fields(message);
  pairs_.clear();
  series_.chunks.clear();
  while (const uint32_t tag = fields.Next()) {
    if (tag == BytesTag(1)) RETURN_IF_ERROR(ParseLabel(fields, &pairs_));
    if (tag == BytesTag(2)) series_.chunks.push_back(TRY(ParseChunk(fields.bytes())));
  }
  if (!fields.ok()) return Damaged("ChunkedSeries", fields);
  series_.labels = TRY(storeapi::ToLabels(pairs_));
  return sink_(series_);
}

Status ParseSamplesBody(std::string_view body, uint64_t bytes_max, const ReadSeriesSink& sink) {
  size_t plain_bytes = 0;
  if (!snappy::GetUncompressedLength(body.data(), body.size(), &plain_bytes)) {
    return DataLossError("remote read answer is no snappy block");
  }
  if (plain_bytes > bytes_max) {
    return ResourceExhaustedError(StrCat("remote read answer unpacks to ", plain_bytes, " bytes, limit ", bytes_max));
  }
  std::string plain;
  if (!snappy::Uncompress(body.data(), body.size(), &plain)) return DataLossError("remote read answer is no snappy block");
  FieldReader response(plain);
  while (const uint32_t tag = response.Next()) {
    if (tag != BytesTag(1)) continue;
    FieldReader result(response.bytes());
    while (const uint32_t inner = result.Next()) {
      if (inner == BytesTag(1)) RETURN_IF_ERROR(ParseTimeSeries(result.bytes(), sink));
    }
    if (!result.ok()) return Damaged("QueryResult", result);
  }
  return response.ok() ? OkStatus() : Damaged("ReadResponse", response);
}

}  // namespace epi::agent
