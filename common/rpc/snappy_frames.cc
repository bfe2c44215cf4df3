#include "common/rpc/snappy_frames.h"

#include <snappy.h>

#include <algorithm>
#include <cstdint>

#include "common/base/bytes.h"
#include "common/base/crc32c.h"
#include "common/base/str_cat.h"

namespace epi::rpc {
namespace {

constexpr std::string_view kStreamIdentifier("\xff\x06\x00\x00sNaPpY", 10);
constexpr std::string_view kStreamBody = "sNaPpY";
constexpr size_t kChunkDataBytesMax = size_t{1} << 16;
constexpr uint8_t kCompressed = 0x00;
constexpr uint8_t kUncompressed = 0x01;
constexpr uint8_t kSkippableFirst = 0x80;
constexpr uint8_t kIdentifier = 0xff;

uint32_t MaskedCrc(std::string_view data) {
  const uint32_t crc = Crc32c(data);
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
}

void AppendChunk(std::string_view data, std::string* scratch, std::string* out) {
  snappy::Compress(data.data(), data.size(), scratch);
  const bool smaller = scratch->size() < data.size() - data.size() / 8;
  const std::string_view body = smaller ? std::string_view(*scratch) : data;
  ByteWriter writer(out);
  const auto length = static_cast<uint32_t>(body.size() + 4);
  writer.U32Le(length << 8 | (smaller ? kCompressed : kUncompressed));
  writer.U32Le(MaskedCrc(data));
  writer.Bytes(body);
}

Status AppendData(uint8_t type, std::string_view body, size_t bytes_max, std::string* out) {
  ByteReader reader(body);
  const uint32_t crc = reader.U32Le();
  const std::string_view payload = reader.rest();
  size_t size = payload.size();
  const bool sized = reader.ok() && (type == kUncompressed ||
                                     snappy::GetUncompressedLength(payload.data(), payload.size(), &size));
  if (!sized || size > kChunkDataBytesMax) return InternalError("snappy: broken chunk");
  if (size > bytes_max - out->size()) {
    return ResourceExhaustedError(StrCat("decompressed message exceeds the limit of ", bytes_max, " bytes"));
  }
  const size_t start = out->size();
  out->resize(start + size);
  if (type == kUncompressed) {
    std::copy(payload.begin(), payload.end(), out->begin() + static_cast<std::ptrdiff_t>(start));
  } else if (!snappy::RawUncompress(payload.data(), payload.size(), out->data() + start)) {
    return InternalError("snappy: broken chunk");
  }
  if (MaskedCrc(std::string_view(*out).substr(start)) != crc) return InternalError("snappy: checksum mismatch");
  return OkStatus();
}

}  // namespace

std::string SnappyFramesCompress(std::string_view bytes) {
  std::string out(kStreamIdentifier);
  std::string scratch;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(kChunkDataBytesMax, bytes.size()))) {
    AppendChunk(bytes.substr(0, kChunkDataBytesMax), &scratch, &out);
  }
  return out;
}

Result<std::string> SnappyFramesDecompress(std::string_view bytes, size_t bytes_max) {
  std::string out;
  ByteReader reader(bytes);
  while (!reader.empty()) {
    const bool first = reader.offset() == 0;
    const uint32_t head = reader.U32Le();
    const auto type = static_cast<uint8_t>(head & 0xff);
    const std::string_view body = reader.Bytes(head >> 8);
    if (!reader.ok()) return InternalError("snappy: message is cut short");
    if (type == kIdentifier ? body != kStreamBody : first) return InternalError("snappy: no stream identifier");
    if (type == kCompressed || type == kUncompressed) {
      RETURN_IF_ERROR(AppendData(type, body, bytes_max, &out));
    } else if (type < kSkippableFirst) {
      return InternalError(StrCat("snappy: unknown chunk type ", int{type}));
    }
  }
  return out;
}

}  // namespace epi::rpc
