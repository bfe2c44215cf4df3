#include "common/rpc/server_call.h"

#include <utility>

#include "common/base/str_cat.h"
#include "common/rpc/limits.h"
#include "common/rpc/message_percent.h"
#include "common/rpc/timeout.h"

namespace epi::rpc {
namespace {

http::HeaderFields ResponseFields() { return {{":status", "200"}, {"content-type", "application/grpc"}}; }

void AppendStatus(const Status& status, http::HeaderFields* fields) {
  fields->push_back({"grpc-status", StrCat(static_cast<int>(status.code()))});
  if (!status.ok()) fields->push_back({"grpc-message", PercentEncode(status.message())});
}

Context CallContext(std::optional<std::chrono::nanoseconds> timeout) {
  const Context context = Context::Background().WithCancel();
  if (!timeout.has_value()) return context;
  // A day is as good as for ever, and stays clear of the clock's range.
  return context.WithTimeout(std::min<std::chrono::nanoseconds>(*timeout, std::chrono::hours(24 * 365)));
}

}  // namespace

Result<CallRequest> ParseCallRequest(http::HeaderFields fields) {
  CallRequest request;
  request.path = http::FieldValue(fields, ":path");
  request.request_codec = TRY(CodecFromName(http::FieldValue(fields, "grpc-encoding")));
  if (Accepts(http::FieldValue(fields, "grpc-accept-encoding"), request.request_codec)) {
    request.response_codec = request.request_codec;
  }
  if (const http::HeaderField* timeout = http::FindField(fields, "grpc-timeout")) {
    request.timeout = ParseTimeout(timeout->value);
    if (!request.timeout.has_value()) return InternalError(StrCat("malformed grpc-timeout: ", timeout->value));
  }
  request.metadata = MetadataFromFields(std::move(fields));
  return request;
}

http::HeaderFields TrailersOnly(const Status& status) {
  http::HeaderFields fields = ResponseFields();
  fields.push_back({"grpc-accept-encoding", std::string(kAcceptEncoding)});
  AppendStatus(status, &fields);
  return fields;
}

ServerCall::ServerCall(std::shared_ptr<http::Http2Connection> connection, int32_t stream_id, CallRequest request,
                       bool one_response, size_t message_bytes_max, std::shared_ptr<MethodMetrics> metrics)
    : connection_(std::move(connection)),
      stream_id_(stream_id),
      request_(std::move(request)),
      one_response_(one_response),
      peer_address_(connection_->transport().peer_address()),
      peer_subject_(connection_->transport().peer_subject()),
      metrics_(std::move(metrics)),
      started_(std::chrono::steady_clock::now()),
      context_(CallContext(request_.timeout)),
      inbound_(connection_->session().stream_window_bytes(), message_bytes_max),
      outbound_(std::make_shared<Outbound>([connection = connection_.get(), weak = connection_->weak_from_this(), stream_id] {
        const std::shared_ptr<http::Http2Connection> alive = weak.lock();
        if (alive == nullptr) return;
        alive->Post([connection, stream_id] {
          connection->session().ResumeBody(stream_id);
          connection->Flush();
        });
      })) {
  inbound_.Bind(connection_, stream_id);
  inbound_.SetCodec(request_.request_codec);
  if (metrics_ != nullptr) metrics_->started->Inc();
}

void ServerCall::Cancel(const std::string& reason) {
  context_.Cancel(reason);
  inbound_.End(CancelledError(reason));
  outbound_->Fail(CancelledError(reason));
}

Result<std::optional<std::string>> ServerCall::Read(const Context& ctx) {
  Result<std::optional<std::string>> message = inbound_.Read(ctx);
  if (metrics_ != nullptr && message.ok() && message->has_value()) metrics_->received->Inc();
  return message;
}

Status ServerCall::Write(const Context& ctx, std::string message) {
  bool compressed = false;
  if (request_.response_codec != Codec::kIdentity && message.size() >= kCompressBytesMin) {
    message = TRY(Compress(request_.response_codec, message));
    compressed = true;
  }
  RETURN_IF_ERROR(outbound_->Write(ctx, std::move(message), compressed));
  if (metrics_ != nullptr) metrics_->sent->Inc();
  if (!one_response_ && !std::exchange(response_started_, true)) StartResponse();
  return OkStatus();
}

void ServerCall::StartResponse() {
  http::HeaderFields fields = ResponseFields();
  if (request_.response_codec != Codec::kIdentity) {
    fields.push_back({"grpc-encoding", std::string(CodecName(request_.response_codec))});
  }
  fields.push_back({"grpc-accept-encoding", std::string(kAcceptEncoding)});
  AppendMetadata(headers_, &fields);
  connection_->Post([self = shared_from_this(), fields = std::move(fields)] {
    const Status submitted = self->connection_->session().SubmitResponse(self->stream_id_, fields, self->outbound_);
    if (!submitted.ok()) self->outbound_->Fail(submitted);
    self->connection_->Flush();
  });
}

http::HeaderFields ServerCall::StatusTrailers(const Status& status) const {
  http::HeaderFields fields;
  AppendStatus(status, &fields);
  AppendMetadata(trailers_, &fields);
  return fields;
}

void ServerCall::Finish(const Status& status) {
  finished_ = true;
  Status final = status;
  {
    MutexLock lock(&mutex_);
    if (!fault_.ok()) final = fault_;
  }
  if (metrics_ != nullptr) metrics_->Handled(final.code(), std::chrono::steady_clock::now() - started_);
  if (response_started_ || final.ok()) {
    outbound_->Finish(StatusTrailers(final));
    if (!std::exchange(response_started_, true)) StartResponse();
    return;
  }
  http::HeaderFields fields = TrailersOnly(final);
  AppendMetadata(trailers_, &fields);
  connection_->Post([self = shared_from_this(), fields = std::move(fields)] {
    const Status submitted = self->connection_->session().SubmitResponse(self->stream_id_, fields, nullptr);
    if (!submitted.ok()) self->connection_->session().Reset(self->stream_id_, http::Http2Error::kInternalError);
    self->connection_->Flush();
  });
}

void ServerCall::OnData(std::string_view bytes) {
  const Status fed = inbound_.Feed(bytes);
  if (fed.ok()) return;
  {
    MutexLock lock(&mutex_);
    fault_ = fed;
  }
  context_.Cancel(std::string(fed.message()));
  inbound_.End(fed);
}

void ServerCall::OnEnd() { inbound_.End(OkStatus()); }

void ServerCall::OnClose(http::Http2Error error) {
  if (finished_ && error == http::Http2Error::kNoError) return;
  Cancel(connection_->closed() ? "connection to the client was lost" : "client cancelled the call");
}

}  // namespace epi::rpc
