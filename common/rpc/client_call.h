// One call on the client, between its caller's threads and its HTTP/2 stream (loop).
//
// Life: made by the channel → waits for a connection → Start() opens the stream → trailers or a reset end it. A stream
//       that the peer refused before it saw anything goes back to the channel, which starts it again elsewhere.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/base/mutex.h"
#include "common/http/http2_connection.h"
#include "common/rpc/call_metrics.h"
#include "common/rpc/inbound.h"
#include "common/rpc/metadata.h"
#include "common/rpc/outbound.h"

namespace epi::rpc {

class ClientCall;

struct ClientCallOptions {
  // Names the peer in errors.
  std::string endpoint;
  // All but grpc-timeout, which is computed when the stream opens.
  http::HeaderFields fields;
  Codec codec = Codec::kIdentity;
  size_t window_bytes = 0;
  size_t message_bytes_max = 0;
  bool wait_for_ready = false;
  std::shared_ptr<MethodMetrics> metrics;
  // Loop thread: starts a refused call once more.
  std::function<void(std::shared_ptr<ClientCall>)> restart;
};

class ClientCall final : public http::Http2StreamHandler, public std::enable_shared_from_this<ClientCall> {
 public:
  ClientCall(runtime::Loop* loop, const Context& ctx, ClientCallOptions options);

  // Any thread.
  Status Write(const Context& ctx, std::string message);
  void CloseSend() { outbound_->Finish(); }
  Result<std::optional<std::string>> Read(const Context& ctx);
  // Ends the call with `why` unless it ended before; resets the stream.
  void Cancel(const Status& why);
  Metadata headers() const;
  Metadata trailers() const;
  bool wait_for_ready() const { return options_.wait_for_ready; }

  // Loop thread.
  void Start(const std::shared_ptr<http::Http2Connection>& connection);
  void Fail(const Status& why);

  void OnHeaders(http::HeaderFields fields) override;
  void OnData(std::string_view bytes) override;
  void OnTrailers(http::HeaderFields fields) override;
  void OnEnd() override;
  void OnClose(http::Http2Error error) override;

 private:
  void SetStatus(const http::HeaderFields& fields);
  // The call's outcome; the first one counts.
  void End(const Status& status);
  void ResetStream();
  Status ReasonOfClose(http::Http2Error error) const;

  runtime::Loop* const loop_;
  const Context context_;
  const ClientCallOptions options_;
  const std::chrono::steady_clock::time_point started_;
  Inbound inbound_;
  const std::shared_ptr<Outbound> outbound_;

  // Loop thread.
  std::weak_ptr<http::Http2Connection> connection_;
  int32_t stream_id_ = 0;
  int attempts_ = 0;
  std::optional<Status> server_status_;

  mutable Mutex mutex_;
  bool ended_ GUARDED_BY(mutex_) = false;
  Metadata headers_ GUARDED_BY(mutex_);
  Metadata trailers_ GUARDED_BY(mutex_);
};

}  // namespace epi::rpc
