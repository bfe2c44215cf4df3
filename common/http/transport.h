// A byte stream on the event loop: TCP, with or without TLS. What HTTP/1.1, HTTP/2 and gRPC run on, on both sides.
//
// Contract: bytes arrive by OnBytes() in order, unless reading is paused. Write() never blocks: it sends what the kernel
//           takes and keeps the rest. Above kWriteHighWaterBytes of kept output congested() is true and producers should
//           stop until OnDrained(). OnClosed() is the last callback, and comes exactly once, never from inside a call of
//           ours, unless the owner closed or detached first: then no callback comes any more.
// Threads:  the loop's thread only, for everything here but what says otherwise.
// Owns:     the socket and what waits to be written. The stream keeps itself alive until it is closed, so whoever holds it
//           last closes it; a handler detaches itself (Close() or SetHandler(nullptr)) before it is destroyed.
// Errors:   OnClosed() gets Unavailable("connection closed by peer") at end of stream, else what the system or TLS said.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/http/limits.h"
#include "common/runtime/loop.h"

namespace epi::http {

class TlsContext;

class Transport : public std::enable_shared_from_this<Transport> {
 public:
  class Handler {
   public:
    virtual ~Handler() = default;
    // The view is valid during the call; the handler takes all of it. It may write, pause, close, or change the handler.
    virtual void OnBytes(std::string_view bytes) = 0;
    // Kept output fell to kWriteLowWaterBytes after it had been above kWriteHighWaterBytes.
    virtual void OnDrained() {}
    virtual void OnClosed(const Status& why) = 0;
  };

  virtual ~Transport() = default;

  // Starts reading at the first call. Null detaches: bytes stay unread, the stream stays open.
  virtual void SetHandler(Handler* handler) = 0;
  virtual void PauseReading() = 0;
  virtual void ResumeReading() = 0;

  // Ignored once the stream is closing. `written` is called, later, when the kernel took the last byte (OK) or the stream
  // died before (its error).
  virtual void Write(std::string bytes, std::function<void(const Status&)> written = nullptr) = 0;
  // Output kept because the peer is slow.
  virtual size_t buffered_bytes() const = 0;
  bool congested() const { return buffered_bytes() > kWriteHighWaterBytes; }

  // Sends what is kept, at most for kFlushTimeout, then closes. No further callback of the handler.
  virtual void CloseAfterFlush() = 0;
  // Drops what is kept and closes. No further callback.
  virtual void Close() = 0;
  virtual bool closing() const = 0;

  // "127.0.0.1:4711", "[::1]:4711".
  virtual const std::string& peer_address() const = 0;
  virtual const std::string& local_address() const = 0;
  virtual bool tls() const = 0;
  // "h2", "http/1.1", or empty without TLS or agreement.
  virtual std::string_view alpn() const = 0;
  // Subject of the verified client certificate ("CN=agent-1"), empty without one.
  virtual const std::string& peer_subject() const = 0;
};

struct ListenOptions {
  // "host:port", ":port", "[::]:port"; port 0 lets the system choose.
  std::string address;
  // Null means plain TCP.
  std::shared_ptr<TlsContext> tls;
  // Further connections are accepted and closed at once, and counted by rejected().
  size_t connections_max = kConnectionsMax;
  std::chrono::milliseconds tls_handshake_timeout = kTlsHandshakeTimeout;
};

// Accepts connections. With TLS, `on_connection` gets a stream whose handshake is done.
class Listener {
 public:
  using OnConnection = std::function<void(std::shared_ptr<Transport>)>;

  // Binds and starts listening; waits for the loop when called from another thread.
  // Errors: "listen on 127.0.0.1:10902: address already in use".
  static Result<std::unique_ptr<Listener>> Listen(runtime::Loop* loop, ListenOptions options, OnConnection on_connection);

  // Any thread: stops accepting and waits for the loop. Open connections stay.
  virtual ~Listener() = default;
  // Loop thread: stops accepting.
  virtual void Close() = 0;
  // Any thread, for all below.
  virtual uint16_t port() const = 0;
  virtual const std::string& address() const = 0;
  virtual size_t open_connections() const = 0;
  virtual uint64_t rejected() const = 0;
};

struct DialOptions {
  std::string host;  // name or IP address
  uint16_t port = 0;
  std::shared_ptr<TlsContext> tls;  // null means plain TCP
  // Expected in the certificate and sent as SNI; empty means `host`.
  std::string server_name;
  // For name look-up, connect and TLS handshake together.
  std::chrono::milliseconds timeout = kConnectTimeout;
};

// A connection being made. Destroying it gives up: the callback is not called any more. Loop thread only.
class Dialing {
 public:
  virtual ~Dialing() = default;
};

// Resolves `host` (in libuv's threads), tries its addresses in order, and hands over a stream whose TLS handshake is done.
// The callback is called once, never from inside Dial(), and may destroy the Dialing.
// Errors: Unavailable or DeadlineExceeded, "dial prometheus:9090: connection refused".
std::unique_ptr<Dialing> Dial(runtime::Loop* loop, DialOptions options,
                              std::function<void(Result<std::shared_ptr<Transport>>)> callback);

}  // namespace epi::http
