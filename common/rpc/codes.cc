#include "common/rpc/codes.h"

#include <charconv>
#include <utility>

namespace epi::rpc {

StatusCode CodeFromWire(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || value > static_cast<unsigned>(StatusCode::kUnauthenticated)) return StatusCode::kUnknown;
  return static_cast<StatusCode>(value);
}

Status MakeStatus(StatusCode code, std::string message) {
  if (code == StatusCode::kOk) return OkStatus();
  return {code, std::move(message)};
}

StatusCode CodeFromHttp(std::string_view http_status) {
  if (http_status == "400") return StatusCode::kInternal;
  if (http_status == "401") return StatusCode::kUnauthenticated;
  if (http_status == "403") return StatusCode::kPermissionDenied;
  if (http_status == "404") return StatusCode::kUnimplemented;
  if (http_status == "429" || http_status == "502" || http_status == "503" || http_status == "504") {
    return StatusCode::kUnavailable;
  }
  return StatusCode::kUnknown;
}

StatusCode CodeFromReset(http::Http2Error error) {
  switch (error) {
    case http::Http2Error::kRefusedStream:
      return StatusCode::kUnavailable;
    case http::Http2Error::kCancel:
      return StatusCode::kCancelled;
    case http::Http2Error::kEnhanceYourCalm:
      return StatusCode::kResourceExhausted;
    case http::Http2Error::kInadequateSecurity:
      return StatusCode::kPermissionDenied;
    default:
      return StatusCode::kInternal;
  }
}

}  // namespace epi::rpc
