// gzip for HTTP: whole bodies by libdeflate, streams by zlib, and whether the peer wants it.
//
// Threads:  functions are safe from any thread; a GzipStream belongs to one.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "common/base/status.h"

namespace epi::http {

// Whether an Accept-Encoding header asks for gzip (also by "*"), and not with q=0.
bool AcceptsGzip(std::string_view accept_encoding);
// Types that shrink: text, JSON, JavaScript, SVG. Parameters are ignored.
bool IsCompressible(std::string_view content_type);

std::string GzipCompress(std::string_view bytes);
// One member and nothing behind it. The declared size is checked against `bytes_max` and against what deflate can reach
// before memory is taken. Errors: InvalidArgument, ResourceExhausted naming the limit.
Result<std::string> GzipDecompress(std::string_view bytes, size_t bytes_max);

// Compresses what is written piece by piece.
class GzipStream {
 public:
  GzipStream();
  ~GzipStream();
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;

  // Appends what became ready to `out`, which may be nothing.
  void Write(std::string_view bytes, std::string* out);
  // Ends the stream.
  void Finish(std::string* out);

 private:
  struct State;
  void Deflate(std::string_view bytes, int flush, std::string* out);
  const std::unique_ptr<State> state_;
};

}  // namespace epi::http
