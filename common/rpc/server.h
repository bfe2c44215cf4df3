// gRPC server: methods by path, each handled by straight blocking code on a thread of its own.
//
//   rpc::Server server(&loop, {.registry = &registry});
//   server.RegisterUnary("/thanos.info.Info/Info", [](const Context& ctx, rpc::ServerStream& call, std::string request)
//       -> Result<std::string> { … });
//   server.RegisterStream("/thanos.Store/Series", rpc::CallType::kServerStream,
//       [](const Context& ctx, rpc::ServerStream& call) -> Status { … });
//   TRY(server.Listen({.address = "0.0.0.0:10901"}));      // a port of its own,
//   http_server_options.grpc = server.Hook();              // or on the HTTP server's port
//
// Contract: register everything first. A handler's Context ends with the client's deadline, its RST_STREAM or its
//           connection; handlers that can wait must pass it on. What a handler throws becomes Internal and is counted.
//           A client gets responses in the encoding it used for its request, if it accepts that.
// Threads:  Register…() before Listen() and Hook(); the rest from any thread but the loop's.
// Owns:     its listener, connections and threads. Destroy it before the loop; the destructor cancels what runs.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/http/http2_connection.h"
#include "common/rpc/call_metrics.h"
#include "common/rpc/limits.h"
#include "common/rpc/server_stream.h"

namespace epi::rpc {

using UnaryHandler = std::function<Result<std::string>(const Context& ctx, ServerStream& call, std::string request)>;
using StreamHandler = std::function<Status(const Context& ctx, ServerStream& call)>;

// Which threads run a method: probes must not wait behind long queries.
enum class Lane { kData, kControl };

struct ServerOptions {
  // Received, and again after decompression.
  size_t message_bytes_max = kMessageBytesMax;
  // Calls that run at once; as many as queue_max wait for a thread, more get ResourceExhausted.
  size_t threads_max = kHandlerThreadsMax;
  size_t queue_max = kHandlerQueueMax;
  // For Listen(). A connection taken through Hook() has those of its HTTP server.
  http::Http2ConnectionOptions connection;
  // Null: no metrics. Must outlive the server.
  metrics::Registry* registry = nullptr;
};

class Server {
 public:
  Server(runtime::Loop* loop, ServerOptions options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void RegisterUnary(std::string path, UnaryHandler handler, Lane lane = Lane::kData);
  void RegisterStream(std::string path, CallType type, StreamHandler handler, Lane lane = Lane::kData);
  // "/package.Service/Method" of all that is registered, in order.
  std::vector<std::string> Methods() const;

  // Takes streams whose content-type starts with "application/grpc". It may outlive the server: then it refuses.
  http::Http2StreamHook Hook();
  // A listener for gRPC only. With TLS, options.tls should offer ALPN "h2".
  Status Listen(http::ListenOptions options);
  // Of the listener; 0 without.
  uint16_t port() const;

  // Stops accepting, sends GOAWAY on connections of its own, lets calls in flight finish within `grace`, cancels the
  // rest, and waits for their handlers.
  void Shutdown(std::chrono::milliseconds grace);
  size_t calls_in_flight() const;

 private:
  class Core;
  const std::shared_ptr<Core> core_;
};

}  // namespace epi::rpc
