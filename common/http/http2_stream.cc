#include "common/http/http2_stream.h"

#include <algorithm>
#include <array>

namespace epi::http {

std::string_view Http2ErrorName(Http2Error error) {
  constexpr std::array<std::string_view, 14> kNames = {
      "NO_ERROR",       "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT",
      "STREAM_CLOSED",  "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL",           "COMPRESSION_ERROR",
      "CONNECT_ERROR",  "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED"};
  const auto index = static_cast<size_t>(error);
  return index < kNames.size() ? kNames[index] : "UNKNOWN";
}

Http2Body::Available Http2StringBody::Peek(size_t bytes_max) {
  const size_t left = bytes_.size() - position_;
  const size_t bytes = std::min(left, bytes_max);
  return {.bytes = bytes, .end = bytes == left};
}

void Http2StringBody::Take(size_t bytes, std::string* out) {
  out->append(bytes_, position_, bytes);
  position_ += bytes;
}

}  // namespace epi::http
