// The HTTP server: one port for HTTP/1.1, HTTP/2 (prior knowledge, or ALPN under TLS) and, when a hook is given, gRPC.
//
//   accept ─▶ [TLS] ─▶ first bytes ─┬─ client preface, or ALPN h2 ─▶ Http2Connection ─▶ streams ─┬─▶ Router ─▶ handlers
//                                   └─ else ─▶ Http1Connection ─▶ requests ────────────────────────┘   └─ gRPC: the hook
//
// Contract: Start() returns when the port takes connections. Shutdown() stops accepting, lets what is in flight finish
//           within the grace period, cancels the rest, and returns when no handler runs and no connection is open.
//           An upgrade offer (h2c, websocket) is ignored, as RFC 9110 allows: the answer comes by HTTP/1.1.
// Threads:  Start(), Shutdown() and the destructor from one thread that is not the loop's.
// Owns:     its connections and handler threads. Loop, router, registry and auth must outlive it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "common/http/basic_auth.h"
#include "common/http/http2_connection.h"
#include "common/http/router.h"
#include "common/http/transport.h"
#include "common/log/logger.h"
#include "common/metrics/registry.h"
#include "common/runtime/thread.h"

namespace epi::http {

enum class RequestLog { kNone, kErrors, kAll };

struct ServerOptions {
  std::string address;  // "host:port", ":port"
  std::shared_ptr<TlsContext> tls;
  metrics::Registry* registry = nullptr;  // null: no metrics
  log::Logger logger = log::Logger::Discard();
  RequestLog request_log = RequestLog::kNone;
  BasicAuth* auth = nullptr;        // null: no login
  HeaderFields extra_headers;       // of every answer (http_server_config.headers)
  bool http2 = true;
  Http2StreamHook grpc_hook;        // takes streams with content-type application/grpc*
  Http2ConnectionOptions http2_options;
  MemoryAccount* memory = nullptr;  // request bodies are charged to it

  size_t connections_max = kConnectionsMax;
  size_t handler_threads = kHandlerThreads;
  size_t handler_queue = kHandlerQueue;
  size_t handler_stack_bytes = runtime::kThreadStackBytes;
  std::chrono::milliseconds head_timeout = kHeadTimeout;
  std::chrono::milliseconds body_idle_timeout = kBodyIdleTimeout;
  std::chrono::milliseconds body_timeout = kBodyTimeout;
  std::chrono::milliseconds keep_alive_timeout = kKeepAliveTimeout;
};

class ServerCore;

class Server {
 public:
  static Result<std::unique_ptr<Server>> Start(runtime::Loop* loop, ServerOptions options, const Router* router);
  // Without a Shutdown() before: one without grace.
  ~Server();

  void Shutdown(std::chrono::milliseconds grace);

  uint16_t port() const;
  // "127.0.0.1:10902", with the real port.
  const std::string& address() const;
  size_t open_connections() const;

 private:
  Server(std::shared_ptr<ServerCore> core, std::unique_ptr<Listener> listener);

  const std::shared_ptr<ServerCore> core_;
  const std::unique_ptr<Listener> listener_;
};

}  // namespace epi::http
