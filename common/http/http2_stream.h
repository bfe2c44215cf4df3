// What a stream of an HTTP/2 session needs from its owner: a receiver of events, and a source of body bytes.
//
// Threads: every method is called on the session's thread (the loop), from inside Http2Session::Receive() or Produce().
//          They must not block. They may call the session's submitting methods, but neither Receive() nor Produce().
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "common/http/header_field.h"

namespace epi::http {

// RFC 9113 §7.
enum class Http2Error : uint32_t {
  kNoError = 0x0,
  kProtocolError = 0x1,
  kInternalError = 0x2,
  kFlowControlError = 0x3,
  kSettingsTimeout = 0x4,
  kStreamClosed = 0x5,
  kFrameSizeError = 0x6,
  kRefusedStream = 0x7,
  kCancel = 0x8,
  kCompressionError = 0x9,
  kConnectError = 0xa,
  kEnhanceYourCalm = 0xb,
  kInadequateSecurity = 0xc,
  kHttp11Required = 0xd,
};
// "CANCEL", "ENHANCE_YOUR_CALM", …; "UNKNOWN" for others.
std::string_view Http2ErrorName(Http2Error error);

// Receives one stream's events, in this order: OnHeaders (client role only), OnData…, OnTrailers?, OnEnd?, OnClose.
class Http2StreamHandler {
 public:
  virtual ~Http2StreamHandler() = default;
  // The response's fields, ":status" first; interim 1xx responses are dropped. A server got its fields in OnStream().
  virtual void OnHeaders(HeaderFields /*fields*/) {}
  // Body bytes; the view ends with the call. Each byte occupies the stream's window until Http2Session::Consume().
  virtual void OnData(std::string_view bytes) = 0;
  virtual void OnTrailers(HeaderFields /*fields*/) {}
  // The peer sent all it has.
  virtual void OnEnd() = 0;
  // The last event: both sides ended (kNoError), or either side reset the stream, or the connection ended.
  virtual void OnClose(Http2Error error) = 0;
};

// Bytes of an outgoing body, pulled as the peer's window and the connection allow.
class Http2Body {
 public:
  // What can be taken now. bytes == 0 and !end: nothing yet; call Http2Session::ResumeBody() when that changes.
  struct Available {
    size_t bytes = 0;
    // The body ends after these bytes.
    bool end = false;
  };
  virtual ~Http2Body() = default;
  // At most `bytes_max`. Always followed by Take() of exactly that many bytes unless they are zero or the stream is closed.
  virtual Available Peek(size_t bytes_max) = 0;
  // Appends the next `bytes` of the body to `out`.
  virtual void Take(size_t bytes, std::string* out) = 0;
  // Asked once, when Peek() said end. Empty: the stream ends with the last byte of the body.
  virtual HeaderFields Trailers() { return {}; }
};

// A body that is whole from the start.
class Http2StringBody final : public Http2Body {
 public:
  explicit Http2StringBody(std::string bytes) : bytes_(std::move(bytes)) {}
  Available Peek(size_t bytes_max) override;
  void Take(size_t bytes, std::string* out) override;

 private:
  const std::string bytes_;
  size_t position_ = 0;
};

}  // namespace epi::http
