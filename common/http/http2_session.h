// One HTTP/2 session without I/O: bytes in become events, requests and responses become bytes out.
//
//   peer bytes → Receive() → SessionObserver::OnStream, Http2StreamHandler::On…
//   Submit…(), Reset(), Consume(), … → Produce() → bytes for the peer
//
// Contract: after each Receive() or submitting call that returned, Produce() until it returns false and write what it gave.
//           Once finished(), close the transport; fault() then says why (OK: in good order). Bytes fed after a fault are
//           dropped. Close() (or the destructor) ends every stream that is still open with OnClose.
// Windows:  connection credit is given back as bytes arrive, so one unread stream never stalls its neighbours; stream
//           credit is given back by Consume(). A session thus buffers at most streams × stream_window_bytes.
// Threads:  none; use on one thread (the loop).
// Owns:     handlers and bodies until their stream is closed. The observer must outlive the session.
// Errors:   fault() is Unavailable and names the peer's fault ("peer speaks HTTP/1.1", "FLOW_CONTROL_ERROR: …").
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/http/header_field.h"
#include "common/http/http2_stream.h"

namespace epi::http {

enum class Http2Role { kServer, kClient };

// Limits and windows. The defaults are safe to face a stranger with.
struct Http2Options {
  // How many unread bytes of one stream we hold for the application.
  uint32_t stream_window_bytes = 1U << 20;
  // How much may be in flight on the whole connection.
  uint32_t connection_window_bytes = 8U << 20;
  // Largest frame we accept. We send frames as large as the peer accepts, up to 64 KiB.
  uint32_t frame_bytes_max = 64U << 10;
  // Streams the peer may have open at once (server role).
  uint32_t concurrent_streams_max = 256;
  // Name + value + 32 bytes per field, all fields of one message. More resets the stream.
  uint32_t header_list_bytes_max = 16U << 10;
  // Resets by the peer: a burst, then so many per second; more ends the connection (rapid reset).
  uint32_t stream_resets_burst = 1000;
  uint32_t stream_resets_per_second = 33;
  // Server role: more than two PINGs closer together than this, without streams moving between them, end the
  // connection with ENHANCE_YOUR_CALM "too_many_pings". Zero: no limit.
  std::chrono::milliseconds ping_interval_min{5000};
};

// Connection-level events.
class SessionObserver {
 public:
  virtual ~SessionObserver() = default;
  // Server role: the peer opened a stream. Returns who gets its events; null refuses it (REFUSED_STREAM).
  virtual std::shared_ptr<Http2StreamHandler> OnStream(int32_t /*stream_id*/, HeaderFields /*fields*/) { return nullptr; }
  // The peer's first SETTINGS arrived: it really speaks HTTP/2.
  virtual void OnReady() {}
  // The peer takes no new streams. Streams of ours above last_stream_id are closed with kRefusedStream: safe to retry.
  virtual void OnGoaway(int32_t /*last_stream_id*/, Http2Error /*error*/, std::string_view /*debug*/) {}
  // The answer to our Ping().
  virtual void OnPingAck() {}
};

class Http2Session {
 public:
  Http2Session(Http2Role role, const Http2Options& options, SessionObserver* observer);
  ~Http2Session();
  Http2Session(const Http2Session&) = delete;
  Http2Session& operator=(const Http2Session&) = delete;

  // Bytes from the peer. A server's first bytes are the client preface.
  void Receive(std::string_view bytes);
  // Appends bytes for the peer until `out` holds about `bytes_max` (one frame over) or nothing is left to send.
  // True if more would follow.
  bool Produce(std::string* out, size_t bytes_max);
  // Nothing to send, and nothing can come: close the transport.
  bool finished() const;
  Status fault() const;
  // Ends every open stream with OnClose(error). Idempotent.
  void Close(Http2Error error);

  // Client role: opens a stream; without body the request ends with its headers. Beyond the peer's stream limit it is
  // queued. Unavailable after GOAWAY.
  Result<int32_t> SubmitRequest(const HeaderFields& fields, std::shared_ptr<Http2Body> body,
                                std::shared_ptr<Http2StreamHandler> handler);
  // Server role: the answer on an open stream; without body it ends with its headers (trailers-only).
  Status SubmitResponse(int32_t stream_id, const HeaderFields& fields, std::shared_ptr<Http2Body> body);
  // The stream's body has something to Peek() again. A closed stream is ignored, here and below.
  void ResumeBody(int32_t stream_id);
  // Gives `bytes` of received data back to the stream's window.
  void Consume(int32_t stream_id, size_t bytes);
  void Reset(int32_t stream_id, Http2Error error);
  void Ping();

  // GOAWAY: no further streams; those open now finish. finished() follows the last one.
  void Shutdown(Http2Error error = Http2Error::kNoError, std::string_view debug = {});

  size_t open_streams() const;
  uint32_t stream_window_bytes() const;
  // The peer's SETTINGS arrived.
  bool ready() const;
  // Bytes of `stream_id` that the peer's windows allow us to send now.
  size_t send_window_bytes(int32_t stream_id) const;

  struct Impl;

 private:
  const std::unique_ptr<Impl> impl_;
};

}  // namespace epi::http
