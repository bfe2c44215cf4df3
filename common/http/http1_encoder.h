// Writes HTTP/1.1 responses: status line, headers, chunks.
//
// Contract: values that come from outside may end up in headers; CR, LF and NUL in them are replaced by spaces.
// Threads:  safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/http/header_field.h"

namespace epi::http {

// How the peer learns where the body ends.
enum class BodyFraming {
  kLength,   // Content-Length
  kChunked,  // Transfer-Encoding: chunked
  kClose,    // the end of the connection, for HTTP/1.0
  kNone,     // no body by definition: 1xx, 204, 304
};

struct Http1ResponseHead {
  int status = 200;
  const HeaderFields* headers = nullptr;
  BodyFraming framing = BodyFraming::kLength;
  uint64_t content_length = 0;
  int minor_version = 1;  // of the request
  bool keep_alive = true;
};

// Appends the head with Date, Connection and framing headers, to the empty line.
void AppendHttp1Head(const Http1ResponseHead& head, std::string* out);
// Appends one chunk; an empty one appends nothing, as it would end the body.
void AppendChunk(std::string_view bytes, std::string* out);
// The end of a chunked body, without trailers.
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";
inline constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// "OK", "Not Found", …; "Unknown" for statuses without a name of their own.
std::string_view ReasonPhrase(int status);
// The time now as in "Wed, 25 Nov 2026 04:02:34 GMT".
std::string HttpDate();
// Unix milliseconds of a Date field; nothing for a text that is none.
std::optional<int64_t> ParseHttpDateMs(std::string_view text);

}  // namespace epi::http
