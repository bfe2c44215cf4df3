#include "common/http/compress.h"

#include <libdeflate.h>

#include <algorithm>

#include "common/base/bytes.h"
#include "common/base/str_cat.h"
#include "common/http/header_text.h"
#include "common/http/limits.h"

namespace epi::http {
namespace {

// Level 1 costs a third of the default's time and gives away about a tenth of its gain on JSON.
constexpr int kWholeLevel = 1;
// A gzip header and trailer, and an empty deflate block.
constexpr size_t kGzipBytesMin = 20;

bool IsZeroQuality(std::string_view parameters) {
  const size_t q = parameters.find("q=");
  if (q == std::string_view::npos) return false;
  return parameters.substr(q + 2).find_first_not_of("0. \t") == std::string_view::npos;
}

}  // namespace

bool AcceptsGzip(std::string_view accept_encoding) {
  bool any = false;
  while (!accept_encoding.empty()) {
    const size_t comma = std::min(accept_encoding.find(','), accept_encoding.size());
    const std::string_view item = accept_encoding.substr(0, comma);
    accept_encoding.remove_prefix(std::min(comma + 1, accept_encoding.size()));
    const size_t semicolon = std::min(item.find(';'), item.size());
    const std::string_view name = TrimSpace(item.substr(0, semicolon));
    const bool wanted = !IsZeroQuality(item.substr(semicolon));
    if (EqualsIgnoreCase(name, "gzip")) return wanted;
    if (name == "*") any = wanted;
  }
  return any;
}

bool IsCompressible(std::string_view content_type) {
  const std::string type = ToLower(TrimSpace(content_type.substr(0, content_type.find(';'))));
  return type.starts_with("text/") || type == "application/json" || type == "application/javascript" ||
         type == "application/openmetrics-text" || type == "image/svg+xml";
}

std::string GzipCompress(std::string_view bytes) {
  libdeflate_compressor* compressor = libdeflate_alloc_compressor(kWholeLevel);
  CHECK(compressor != nullptr);
  std::string out(libdeflate_gzip_compress_bound(compressor, bytes.size()), '\0');
  out.resize(libdeflate_gzip_compress(compressor, bytes.data(), bytes.size(), out.data(), out.size()));
  libdeflate_free_compressor(compressor);
  return out;
}

Result<std::string> GzipDecompress(std::string_view bytes, size_t bytes_max) {
  if (bytes.size() < kGzipBytesMin) return InvalidArgumentError("gzip: too short");
  // The last four bytes are the size modulo 2^32.
  const size_t size = ByteReader(bytes.substr(bytes.size() - 4)).U32Le();
  if (size > bytes_max) return ResourceExhaustedError(StrCat("gzip: decompressed size is above the limit of ", bytes_max, " bytes"));
  if (size / kGzipRatioMax > bytes.size()) return InvalidArgumentError("gzip: impossible size");
  std::string out(size, '\0');
  libdeflate_decompressor* decompressor = libdeflate_alloc_decompressor();
  CHECK(decompressor != nullptr);
  size_t used = 0;
  size_t produced = 0;
  const libdeflate_result result = libdeflate_gzip_decompress_ex(decompressor, bytes.data(), bytes.size(), out.data(),
                                                                 out.size(), &used, &produced);
  libdeflate_free_decompressor(decompressor);
  if (result != LIBDEFLATE_SUCCESS || used != bytes.size() || produced != size) {
    return InvalidArgumentError("gzip: malformed data");
  }
  return out;
}

}  // namespace epi::http
