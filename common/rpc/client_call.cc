#include "common/rpc/client_call.h"

#include <utility>

#include "common/base/str_cat.h"
#include "common/rpc/codes.h"
#include "common/rpc/limits.h"
#include "common/rpc/message_percent.h"
#include "common/rpc/timeout.h"

namespace epi::rpc {
namespace {

constexpr int kAttemptsMax = 3;

}  // namespace

ClientCall::ClientCall(runtime::Loop* loop, const Context& ctx, ClientCallOptions options)
    : loop_(loop),
      context_(ctx),
      options_(std::move(options)),
      started_(std::chrono::steady_clock::now()),
      inbound_(options_.window_bytes, options_.message_bytes_max),
      // The outbound half lives inside the call, or in a stream that holds the call: `this` is alive when it wakes, but the
      // posted task may run later and needs its own hold.
      outbound_(std::make_shared<Outbound>([this] {
        loop_->Post([weak = weak_from_this()] {
          const std::shared_ptr<ClientCall> self = weak.lock();
          const std::shared_ptr<http::Http2Connection> connection = self == nullptr ? nullptr : self->connection_.lock();
          if (connection == nullptr) return;
          connection->session().ResumeBody(self->stream_id_);
          connection->Flush();
        });
      })) {
  if (options_.metrics != nullptr) options_.metrics->started->Inc();
}

Status ClientCall::Write(const Context& ctx, std::string message) {
  bool compressed = false;
  if (options_.codec != Codec::kIdentity && message.size() >= kCompressBytesMin) {
    message = TRY(Compress(options_.codec, message));
    compressed = true;
  }
  const Status written = outbound_->Write(ctx, std::move(message), compressed);
  if (written.ok()) {
    if (options_.metrics != nullptr) options_.metrics->sent->Inc();
    return written;
  }
  if (ctx.Done()) Cancel(written);
  return written.WithContext(options_.endpoint);
}

Result<std::optional<std::string>> ClientCall::Read(const Context& ctx) {
  Result<std::optional<std::string>> message = inbound_.Read(ctx);
  if (message.ok()) {
    if (message->has_value() && options_.metrics != nullptr) options_.metrics->received->Inc();
    return message;
  }
  // Also ends a call whose message did not decompress; one that has ended stays as it is.
  const Status status = std::move(message).status();
  Cancel(status);
  return status.WithContext(options_.endpoint);
}

void ClientCall::Cancel(const Status& why) {
  {
    MutexLock lock(&mutex_);
    if (ended_) return;
  }
  End(why);
  loop_->Post([self = shared_from_this()] { self->ResetStream(); });
}

void ClientCall::ResetStream() {
  const std::shared_ptr<http::Http2Connection> connection = connection_.lock();
  if (connection == nullptr) return;
  connection->session().Reset(stream_id_, http::Http2Error::kCancel);
  connection->Flush();
}

void ClientCall::End(const Status& status) {
  {
    MutexLock lock(&mutex_);
    if (std::exchange(ended_, true)) return;
  }
  if (options_.metrics != nullptr) options_.metrics->Handled(status.code(), std::chrono::steady_clock::now() - started_);
  inbound_.End(status);
  outbound_->Fail(status.ok() ? CancelledError("the server ended the call") : status);
}

void ClientCall::Fail(const Status& why) { End(why); }

Metadata ClientCall::headers() const {
  MutexLock lock(&mutex_);
  return headers_;
}

Metadata ClientCall::trailers() const {
  MutexLock lock(&mutex_);
  return trailers_;
}

void ClientCall::Start(const std::shared_ptr<http::Http2Connection>& connection) {
  const Status alive = context_.Check();
  if (!alive.ok()) return End(alive);
  {
    MutexLock lock(&mutex_);
    if (ended_) return;
  }
  ++attempts_;
  http::HeaderFields fields = options_.fields;
  if (context_.has_deadline()) fields.push_back({"grpc-timeout", FormatTimeout(context_.Remaining())});
  Result<int32_t> stream_id = connection->session().SubmitRequest(fields, outbound_, shared_from_this());
  if (!stream_id.ok()) return End(stream_id.status());
  connection_ = connection;
  stream_id_ = stream_id.value();
  inbound_.Bind(connection, stream_id_);
  connection->Flush();
}

void ClientCall::SetStatus(const http::HeaderFields& fields) {
  const StatusCode code = CodeFromWire(http::FieldValue(fields, "grpc-status"));
  server_status_ = MakeStatus(code, PercentDecode(http::FieldValue(fields, "grpc-message")));
}

void ClientCall::OnHeaders(http::HeaderFields fields) {
  const std::string_view http_status = http::FieldValue(fields, ":status");
  const std::string_view content_type = http::FieldValue(fields, "content-type");
  const bool trailers_only = http::FindField(fields, "grpc-status") != nullptr;
  if (trailers_only) {
    SetStatus(fields);
  } else if (http_status != "200" || !content_type.starts_with("application/grpc")) {
    const StatusCode code = http_status == "200" ? StatusCode::kUnknown : CodeFromHttp(http_status);
    server_status_ = Status(code, StrCat("peer answered without gRPC: HTTP status ", http_status, ", content-type \"", content_type, "\""));
  } else {
    const Result<Codec> codec = CodecFromName(http::FieldValue(fields, "grpc-encoding"));
    if (codec.ok()) {
      inbound_.SetCodec(codec.value());
    } else {
      Cancel(InternalError(std::string(codec.status().message())));
    }
  }
  Metadata metadata = MetadataFromFields(std::move(fields));
  MutexLock lock(&mutex_);
  (trailers_only ? trailers_ : headers_) = std::move(metadata);
}

void ClientCall::OnData(std::string_view bytes) {
  if (server_status_.has_value()) return;
  const Status fed = inbound_.Feed(bytes);
  if (!fed.ok()) Cancel(fed);
}

void ClientCall::OnTrailers(http::HeaderFields fields) {
  if (!server_status_.has_value()) SetStatus(fields);
  Metadata metadata = MetadataFromFields(std::move(fields));
  MutexLock lock(&mutex_);
  trailers_ = std::move(metadata);
}

void ClientCall::OnEnd() { End(server_status_.value_or(InternalError("stream ended without grpc-status"))); }

void ClientCall::OnClose(http::Http2Error error) {
  const bool again = error == http::Http2Error::kRefusedStream && attempts_ < kAttemptsMax && !outbound_->touched();
  const Status reason = ReasonOfClose(error);
  connection_.reset();
  bool ended = false;
  {
    MutexLock lock(&mutex_);
    ended = ended_;
  }
  if (!ended && again) return options_.restart(shared_from_this());
  End(reason);
}

Status ClientCall::ReasonOfClose(http::Http2Error error) const {
  if (server_status_.has_value()) return *server_status_;
  const std::shared_ptr<http::Http2Connection> connection = connection_.lock();
  if (connection != nullptr && connection->closed()) {
    const Status& why = connection->why_closed();
    return UnavailableError(StrCat("connection lost: ", why.ok() ? std::string_view("closed") : why.message()));
  }
  return {CodeFromReset(error), StrCat("stream was reset with ", http::Http2ErrorName(error))};
}

}  // namespace epi::rpc
