#include "common/rpc/compression.h"

#include <libdeflate.h>

#include <algorithm>
#include <memory>

#include "common/base/bytes.h"
#include "common/base/str_cat.h"
#include "common/rpc/snappy_frames.h"

namespace epi::rpc {
namespace {

constexpr int kGzipLevel = 1;
// DEFLATE cannot expand by more than this, whatever the trailer claims.
constexpr size_t kDeflateRatioMax = 1032;
constexpr size_t kGzipBytesMin = 18;

Status TooLarge(size_t bytes_max) {
  return ResourceExhaustedError(StrCat("decompressed message exceeds the limit of ", bytes_max, " bytes"));
}

Result<std::string> GzipCompress(std::string_view bytes) {
  const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> compressor(
      libdeflate_alloc_compressor(kGzipLevel), libdeflate_free_compressor);
  if (compressor == nullptr) return ResourceExhaustedError("gzip: no memory");
  std::string out(libdeflate_gzip_compress_bound(compressor.get(), bytes.size()), '\0');
  out.resize(libdeflate_gzip_compress(compressor.get(), bytes.data(), bytes.size(), out.data(), out.size()));
  return out;
}

// The trailer holds the output's size modulo 2^32; with several members it is only the last one's, so it is a first guess.
Result<std::string> GzipDecompress(std::string_view bytes, size_t bytes_max) {
  if (bytes.size() < kGzipBytesMin) return InternalError("gzip: message is too short");
  const std::unique_ptr<libdeflate_decompressor, void (*)(libdeflate_decompressor*)> decompressor(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  if (decompressor == nullptr) return ResourceExhaustedError("gzip: no memory");
  const size_t guess = ByteReader(bytes.substr(bytes.size() - 4)).U32Le();
  const size_t possible = bytes.size() * kDeflateRatioMax;
  if (guess > bytes_max) return TooLarge(bytes_max);
  std::string out(std::min(guess, possible), '\0');
  size_t written = 0;
  while (!bytes.empty()) {
    size_t read = 0;
    size_t produced = 0;
    const libdeflate_result result = libdeflate_gzip_decompress_ex(decompressor.get(), bytes.data(), bytes.size(),
                                                                   out.data() + written, out.size() - written, &read, &produced);
    if (result == LIBDEFLATE_INSUFFICIENT_SPACE) {
      if (out.size() >= bytes_max) return TooLarge(bytes_max);
      out.resize(std::min(bytes_max, std::max(out.size() * 2, bytes.size())));
      continue;
    }
    if (result != LIBDEFLATE_SUCCESS) return InternalError("gzip: message does not decompress");
    written += produced;
    bytes.remove_prefix(read);
  }
  out.resize(written);
  return out;
}

}  // namespace

std::string_view CodecName(Codec codec) {
  switch (codec) {
    case Codec::kGzip:
      return "gzip";
    case Codec::kSnappy:
      return "snappy";
    case Codec::kIdentity:
      break;
  }
  return "identity";
}

Result<Codec> CodecFromName(std::string_view name) {
  if (name.empty() || name == "identity") return Codec::kIdentity;
  if (name == "gzip") return Codec::kGzip;
  if (name == "snappy") return Codec::kSnappy;
  return UnimplementedError(StrCat("message encoding ", name, " is not supported"));
}

bool Accepts(std::string_view accept_encoding, Codec codec) {
  if (codec == Codec::kIdentity) return true;
  while (!accept_encoding.empty()) {
    const size_t comma = std::min(accept_encoding.find(','), accept_encoding.size());
    std::string_view item = accept_encoding.substr(0, comma);
    accept_encoding.remove_prefix(std::min(comma + 1, accept_encoding.size()));
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    if (item == CodecName(codec)) return true;
  }
  return false;
}

Result<std::string> Compress(Codec codec, std::string_view bytes) {
  switch (codec) {
    case Codec::kGzip:
      return GzipCompress(bytes);
    case Codec::kSnappy:
      return SnappyFramesCompress(bytes);
    case Codec::kIdentity:
      break;
  }
  return std::string(bytes);
}

Result<std::string> Decompress(Codec codec, std::string_view bytes, size_t bytes_max) {
  switch (codec) {
    case Codec::kGzip:
      return GzipDecompress(bytes, bytes_max);
    case Codec::kSnappy:
      return SnappyFramesDecompress(bytes, bytes_max);
    case Codec::kIdentity:
      break;
  }
  if (bytes.size() > bytes_max) return TooLarge(bytes_max);
  return std::string(bytes);
}

}  // namespace epi::rpc
