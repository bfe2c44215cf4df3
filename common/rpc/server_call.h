// One call on the server, between its HTTP/2 stream (loop) and its handler (pool thread).
//
// Life: made by Start() on the loop → queued → Run() on a thread → Finish() posts the trailers → the stream closes.
//       The session and the running task share it.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/base/mutex.h"
#include "common/http/http2_connection.h"
#include "common/rpc/call_metrics.h"
#include "common/rpc/inbound.h"
#include "common/rpc/outbound.h"
#include "common/rpc/server_stream.h"

namespace epi::rpc {

// What the request's header fields ask for.
struct CallRequest {
  std::string path;
  Metadata metadata;
  // Of the request's messages, and of ours.
  Codec request_codec = Codec::kIdentity;
  Codec response_codec = Codec::kIdentity;
  std::optional<std::chrono::nanoseconds> timeout;
};
// Errors: the status that answers the call.
Result<CallRequest> ParseCallRequest(http::HeaderFields fields);

// The fields of an answer that is all trailers.
http::HeaderFields TrailersOnly(const Status& status);

class ServerCall final : public http::Http2StreamHandler,
                         public ServerStream,
                         public std::enable_shared_from_this<ServerCall> {
 public:
  // A call with one response sends nothing before its status is known: headers, message and trailers leave in one write.
  ServerCall(std::shared_ptr<http::Http2Connection> connection, int32_t stream_id, CallRequest request, bool one_response,
             size_t message_bytes_max, std::shared_ptr<MethodMetrics> metrics);

  const Context& context() const { return context_; }
  // Handler thread, last of all: sends the status.
  void Finish(const Status& status);
  void Cancel(const std::string& reason);

  std::string_view method() const override { return request_.path; }
  const Metadata& metadata() const override { return request_.metadata; }
  std::string_view peer_address() const override { return peer_address_; }
  std::string_view peer_subject() const override { return peer_subject_; }
  Result<std::optional<std::string>> Read(const Context& ctx) override;
  Status Write(const Context& ctx, std::string message) override;
  void SetHeaders(Metadata headers) override { headers_ = std::move(headers); }
  void SetTrailers(Metadata trailers) override { trailers_ = std::move(trailers); }

  void OnData(std::string_view bytes) override;
  void OnEnd() override;
  void OnClose(http::Http2Error error) override;

 private:
  // Sends the headers; the body follows from outbound_.
  void StartResponse();
  http::HeaderFields StatusTrailers(const Status& status) const;

  const std::shared_ptr<http::Http2Connection> connection_;
  const int32_t stream_id_;
  const CallRequest request_;
  const bool one_response_;
  const std::string peer_address_;
  const std::string peer_subject_;
  const std::shared_ptr<MethodMetrics> metrics_;
  const std::chrono::steady_clock::time_point started_;
  const Context context_;
  std::atomic<bool> finished_{false};
  Inbound inbound_;
  const std::shared_ptr<Outbound> outbound_;

  // Handler thread.
  Metadata headers_;
  Metadata trailers_;
  bool response_started_ = false;

  Mutex mutex_;
  // The peer broke the protocol: this answers the call, whatever the handler says.
  Status fault_ GUARDED_BY(mutex_);
};

}  // namespace epi::rpc
