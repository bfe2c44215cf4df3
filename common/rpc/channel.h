// gRPC client: one HTTP/2 connection to one endpoint, made at first use and kept up after that.
//
//   auto channel = rpc::Channel::Make(&loop, {.host = "127.0.0.1", .port = 10901});
//   std::string reply = TRY(channel->Call(ctx, "/thanos.info.Info/Info", request));
//   auto stream = channel->Open(ctx, "/thanos.Store/Series");
//
// Contract: a call waits while a connection is being made, and fails at once while the endpoint is known to be down (unless
//           wait_for_ready). A lost connection is made again after kBackoffMin, doubled up to kBackoffMax. After GOAWAY new
//           calls use a new connection, old ones finish on theirs.
// Threads:  any thread but the loop's.
// Owns:     the connection; the destructor ends all calls with Unavailable. Streams may outlive the channel, not the loop.
// Errors:   Unavailable that names the endpoint and what went wrong: refused, TLS, "peer speaks HTTP/1.x, not HTTP/2", ….
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/context.h"
#include "common/base/status.h"
#include "common/http/http2_connection.h"
#include "common/rpc/call_metrics.h"
#include "common/rpc/client_stream.h"
#include "common/rpc/compression.h"
#include "common/rpc/limits.h"
#include "common/rpc/metadata.h"

namespace epi::rpc {

enum class ChannelState { kIdle, kConnecting, kReady, kFailed };
std::string_view ChannelStateName(ChannelState state);

struct ChannelOptions {
  std::string host;
  uint16_t port = 0;
  // Null: plaintext. Its ALPN should be "h2" only.
  std::shared_ptr<http::TlsContext> tls;
  // Expected in the certificate; empty means `host`.
  std::string server_name;
  // How errors call the peer; empty means "host:port".
  std::string name;
  std::string user_agent = "epimetheus";
  Codec codec = Codec::kIdentity;
  size_t message_bytes_max = kMessageBytesMax;
  std::chrono::milliseconds connect_timeout = http::kConnectTimeout;
  std::chrono::milliseconds backoff_min = kBackoffMin;
  std::chrono::milliseconds backoff_max = kBackoffMax;
  // Without a byte from the peer for keepalive_interval, a PING; it has connection.keepalive_timeout to answer. Zero: never.
  std::chrono::milliseconds keepalive_interval{10000};
  http::Http2ConnectionOptions connection;
  // Sent with every call: bearer tokens, tenants.
  Metadata metadata;
  // Null: no metrics. Must outlive the channel and its streams; share one among channels.
  CallMetrics* metrics = nullptr;
};

struct CallOptions {
  Metadata metadata;
  // Instead of the channel's.
  std::optional<Codec> codec;
  bool wait_for_ready = false;
};

class Channel {
 public:
  static std::shared_ptr<Channel> Make(runtime::Loop* loop, ChannelOptions options);
  Channel() = default;
  virtual ~Channel() = default;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // Unary: one request, one response.
  virtual Result<std::string> Call(const Context& ctx, std::string_view method, std::string request, const CallOptions& options) = 0;
  Result<std::string> Call(const Context& ctx, std::string_view method, std::string request) {
    return Call(ctx, method, std::move(request), CallOptions());
  }
  // Never fails itself: the stream's first Read() says what went wrong. `type` is for the metrics.
  virtual std::unique_ptr<ClientStream> Open(const Context& ctx, std::string_view method, CallType type,
                                             const CallOptions& options) = 0;
  std::unique_ptr<ClientStream> Open(const Context& ctx, std::string_view method, CallType type = CallType::kServerStream) {
    return Open(ctx, method, type, CallOptions());
  }

  // Starts connecting without a call.
  virtual void Connect() = 0;
  virtual ChannelState state() const = 0;
  // Why the last attempt failed or the last connection ended; OK when ready.
  virtual Status last_error() const = 0;
  virtual const std::string& name() const = 0;
};

}  // namespace epi::rpc
