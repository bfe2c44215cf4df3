// An HTTP/2 session on a transport: the pump between socket and session, with keepalive and ages; the same for both sides.
//
// A server accepts a transport, sees the client preface (or ALPN "h2"), and calls Start() with the bytes it already has.
// Its observer's OnStream() decides who serves each stream: plain requests are the HTTP server's own; those whose
// content-type starts with "application/grpc" go to a Http2StreamHook (rpc::Server gives one).
//
// Contract: writes go out in batches of about 512 KiB, two in flight: what is submitted meanwhile shares the next one.
//           After submitting on session(), call Flush(). The observer's OnClosed() is the last event and comes exactly
//           once, after OnClose() of every stream.
// Threads:  loop thread only, apart from Post().
// Owns:     the transport and the session. Keeps itself alive until closed.
// Errors:   OnClosed() gets the peer's fault, the transport's error, or OK after an end in good order.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/http/http2_session.h"
#include "common/http/transport.h"
#include "common/runtime/loop.h"

namespace epi::http {

class Http2Connection;

// Takes over one stream of a server connection. Null refuses it. Fields as in SessionObserver::OnStream().
using Http2StreamHook = std::function<std::shared_ptr<Http2StreamHandler>(
    const std::shared_ptr<Http2Connection>& connection, int32_t stream_id, HeaderFields fields)>;

class Http2ConnectionObserver {
 public:
  virtual ~Http2ConnectionObserver() = default;
  virtual std::shared_ptr<Http2StreamHandler> OnStream(const std::shared_ptr<Http2Connection>& /*connection*/,
                                                       int32_t /*stream_id*/, HeaderFields /*fields*/) {
    return nullptr;
  }
  virtual void OnReady() {}
  virtual void OnGoaway(Http2Error /*error*/, std::string_view /*debug*/) {}
  virtual void OnClosed(const Status& why) = 0;
};

struct Http2ConnectionOptions {
  Http2Options session;
  // After this long without a byte from the peer, a PING; zero: never.
  std::chrono::milliseconds keepalive_interval{0};
  // How long its answer, or any other byte, may take.
  std::chrono::milliseconds keepalive_timeout{5000};
  // The peer's preface and SETTINGS must have arrived by then.
  std::chrono::milliseconds ready_timeout{10000};
  // Server role. Without a stream for this long: GOAWAY. Zero: for ever.
  std::chrono::milliseconds idle_max{0};
  // Server role. GOAWAY at this age; streams in flight then have age_grace. Zero: for ever.
  std::chrono::milliseconds age_max{0};
  std::chrono::milliseconds age_grace{120000};
};

class Http2Connection final : public std::enable_shared_from_this<Http2Connection>,
                              private Transport::Handler,
                              private SessionObserver {
 public:
  // `received` is what was already read from the transport.
  static std::shared_ptr<Http2Connection> Start(runtime::Loop* loop, std::shared_ptr<Transport> transport, Http2Role role,
                                                const Http2ConnectionOptions& options,
                                                std::shared_ptr<Http2ConnectionObserver> observer,
                                                std::string_view received = {});
  ~Http2Connection() override;

  Http2Session& session() { return session_; }
  const Transport& transport() const { return *transport_; }
  bool closed() const { return closed_; }
  // REQUIRES: closed(). OK after an end in good order.
  const Status& why_closed() const { return why_closed_; }
  // Writes what the session has to send: now, or when the running OnBytes() is done.
  void Flush();
  // GOAWAY; streams in flight may finish within `grace`, then the connection is closed.
  void ShutdownGracefully(std::chrono::milliseconds grace);
  // Ends every stream, then the connection. `why` goes to OnClosed().
  void Close(const Status& why);
  // Any thread: runs `task` on the loop while the connection is kept alive. It may be closed() by then.
  void Post(std::function<void()> task);

 private:
  Http2Connection(runtime::Loop* loop, std::shared_ptr<Transport> transport, Http2Role role,
                  const Http2ConnectionOptions& options, std::shared_ptr<Http2ConnectionObserver> observer);

  void OnBytes(std::string_view bytes) override;
  void OnClosed(const Status& why) override;
  std::shared_ptr<Http2StreamHandler> OnStream(int32_t stream_id, HeaderFields fields) override;
  void OnReady() override;
  void OnGoaway(int32_t last_stream_id, Http2Error error, std::string_view debug) override;

  void Pump();
  void Finish(const Status& why);
  // The timer looks at every deadline, acts on those that passed, and sleeps until the next.
  void OnTimer();
  void CheckKeepalive(std::chrono::steady_clock::time_point now);
  void CheckAge(std::chrono::steady_clock::time_point now);
  std::chrono::steady_clock::time_point NextDeadline() const;

  runtime::Loop* const loop_;
  const Http2Role role_;
  const Http2ConnectionOptions options_;
  const std::shared_ptr<Transport> transport_;
  const std::shared_ptr<Http2ConnectionObserver> observer_;
  Http2Session session_;
  // Gone once closed: the last owner of a closed connection may be on any thread.
  std::unique_ptr<runtime::Timer> timer_;
  std::shared_ptr<Http2Connection> self_;

  bool closed_ = false;
  Status why_closed_;
  bool receiving_ = false;
  bool pumping_ = false;
  bool large_batches_ = false;
  int writes_in_flight_ = 0;

  using TimePoint = std::chrono::steady_clock::time_point;
  const TimePoint started_;
  TimePoint last_received_;
  TimePoint last_busy_;
  TimePoint ping_sent_{};
  TimePoint shutdown_deadline_ = TimePoint::max();
  bool shutting_down_ = false;
};

}  // namespace epi::http
