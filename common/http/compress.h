// gzip for HTTP: whole bodies and streams, by libdeflate, and whether the peer wants it.
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

// Compresses what is written piece by piece into one gzip member.
//
// libdeflate only makes whole deflate streams, each ending in a block that is marked as the last. A piece of at most
// kGzipPieceBytes is one block: its mark is the first bit and is cleared, and an empty stored block brings the stream back to a
// byte boundary. Where that block starts depends on how many bits the last byte has left, which libdeflate does not tell: of the two
// possibilities the one is taken that reads back; should neither, the piece is stored as it is.
//
//   ┌────────┬──────────────────────┬────┬─────────────┬─────┬──────────────────┬───────┬───────┐
//   │ header │ block, not the last  │ (0)│ 00 00 FF FF │  …  │ 03 00: the last  │ CRC32 │ bytes │
//   └────────┴──────────────────────┴────┴─────────────┴─────┴──────────────────┴───────┴───────┘
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
  const std::unique_ptr<State> state_;
};

}  // namespace epi::http
