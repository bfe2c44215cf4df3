// A server connection that speaks HTTP/2: each stream is a request for the same handlers, or goes to the gRPC hook.
#include <algorithm>

#include "common/base/str_cat.h"
#include "common/http/http1_encoder.h"
#include "common/http/server_connection.h"

namespace epi::http {
namespace {

using std::chrono::steady_clock;

// The answer's body: filled by Stream::Send(), drained by the session.
class QueuedBody final : public Http2Body {
 public:
  explicit QueuedBody(std::function<void()> on_taken) : on_taken_(std::move(on_taken)) {}

  Available Peek(size_t bytes_max) override {
    const size_t bytes = std::min(bytes_max, size());
    return {bytes, ended_ && bytes == size()};
  }
  void Take(size_t bytes, std::string* out) override {
    out->append(bytes_, position_, bytes);
    position_ += bytes;
    if (position_ == bytes_.size() || position_ > kWriteHighWaterBytes) {
      bytes_.erase(0, position_);
      position_ = 0;
    }
    on_taken_();
  }
  void Append(std::string_view bytes) { bytes_ += bytes; }
  void End() { ended_ = true; }
  size_t size() const { return bytes_.size() - position_; }

 private:
  const std::function<void()> on_taken_;
  std::string bytes_;
  size_t position_ = 0;
  bool ended_ = false;
};

class Stream final : public Http2StreamHandler, public ResponseSink, public std::enable_shared_from_this<Stream> {
 public:
  Stream(std::shared_ptr<ServerCore> core, const std::shared_ptr<Http2Connection>& connection, int32_t id)
      : core_(std::move(core)), connection_(connection), id_(id) {}

  void Start(HeaderFields fields) {
    std::string target;
    for (HeaderField& field : fields) {
      if (field.name == ":method") request_.method = field.value;
      if (field.name == ":path") target = field.value;
      if (field.name == ":authority") request_.host = field.value;
      if (!field.name.starts_with(':')) request_.headers.push_back(std::move(field));
    }
    if (request_.host.empty()) request_.host = request_.Header("host");
    const Transport& transport = connection_.lock()->transport();
    request_.http_version = 2;
    request_.peer_address = transport.peer_address();
    request_.peer_subject = transport.peer_subject();
    request_.tls = transport.tls();
    request_.body_charge = MemoryCharge(core_->options().memory);
    match_ = core_->Admit(target, &request_);
    body_timer_ = std::make_unique<runtime::Timer>(core_->loop());
    body_timer_->Start(core_->options().body_timeout, [this] {
      SetRefusal(408, "request body took too long");
      Refuse();
    });
  }

  void OnData(std::string_view bytes) override {
    if (exchange_ != nullptr) return;
    if (const auto connection = connection_.lock()) connection->session().Consume(id_, bytes.size());
    if (refusal_ == 0) Collect(bytes);
    if (refusal_ == 0) return;
    // Many clients read an answer only when their request is out, so a moderate rest is taken before it is given.
    dropped_bytes_ += bytes.size();
    if (dropped_bytes_ > kLingerBytesMax) Refuse();
  }
  void OnEnd() override {
    if (exchange_ != nullptr) return;
    if (refusal_ != 0) {
      Refuse();
      return;
    }
    StartExchange();
    const auto exchange = exchange_;
    if (match_.route != nullptr) {
      core_->Serve(exchange, match_.route, std::move(request_));
    } else {
      core_->Answer(exchange, request_, match_.response);
    }
  }
  void OnClose(Http2Error error) override {
    body_timer_.reset();
    closed_ = true;
    if (exchange_ != nullptr) {
      std::exchange(exchange_, nullptr)->ClientGone(StrCat("client left: ", Http2ErrorName(error)));
    }
  }

  void Send(ResponsePart part) override {
    const auto connection = connection_.lock();
    if (closed_ || connection == nullptr) return;
    if (part.abort) {
      connection->session().Reset(id_, Http2Error::kInternalError);
      connection->Flush();
      return;
    }
    if (body_ != nullptr) body_->Append(part.bytes);
    if (part.end && body_ != nullptr) body_->End();
    if (part.head) {
      SubmitHead(connection.get(), std::move(part));
    } else {
      connection->session().ResumeBody(id_);
    }
    connection->Flush();
  }
  size_t buffered_bytes() const override { return body_ == nullptr ? 0 : body_->size(); }

 private:
  void StartExchange() {
    body_timer_.reset();
    exchange_ = std::make_shared<Exchange>(core_->loop(), core_->ctx(), shared_from_this());
  }
  void Collect(std::string_view bytes) {
    const uint64_t bytes_max = match_.route == nullptr ? kPipelineBytesMax : match_.route->body_bytes_max;
    if (request_.body.size() + bytes.size() > bytes_max) {
      SetRefusal(413, StrCat("request body is too large: the limit is ", bytes_max, " bytes"));
    } else if (const Status charged = request_.body_charge.Add(bytes.size(), "request body"); !charged.ok()) {
      SetRefusal(503, std::string(charged.message()));
    } else {
      request_.body += bytes;
    }
  }
  void SetRefusal(int status, std::string text) {
    refusal_ = status;
    refusal_text_ = std::move(text);
    request_.body = {};
    request_.body_charge.Reset();
  }
  void Refuse() {
    StartExchange();
    const auto exchange = exchange_;
    core_->Answer(exchange, {}, TextResponse(refusal_, StrCat(refusal_, " ", ReasonPhrase(refusal_), ": ", refusal_text_)));
  }

  void SubmitHead(Http2Connection* connection, ResponsePart part) {
    HeaderFields fields;
    fields.push_back({":status", StrCat(part.status)});
    for (HeaderField& field : part.headers) fields.push_back(std::move(field));
    fields.push_back({"date", HttpDate()});
    const size_t body_bytes = part.head_body_bytes > 0 ? part.head_body_bytes : part.bytes.size();
    const bool bodiless = part.status == 204 || part.status == 304;
    if (part.end && !bodiless) fields.push_back({"content-length", StrCat(body_bytes)});
    const bool has_body = !bodiless && (!part.end || !part.bytes.empty());
    if (has_body) {
      body_ = std::make_shared<QueuedBody>([weak = weak_from_this()] {
        const auto self = weak.lock();
        if (self != nullptr && self->exchange_ != nullptr) self->exchange_->OnDrained();
      });
      body_->Append(part.bytes);
      if (part.end) body_->End();
    }
    if (!connection->session().SubmitResponse(id_, fields, body_).ok()) {
      connection->session().Reset(id_, Http2Error::kInternalError);
    }
  }

  const std::shared_ptr<ServerCore> core_;
  const std::weak_ptr<Http2Connection> connection_;
  const int32_t id_;
  Request request_;
  Router::Match match_;
  std::unique_ptr<runtime::Timer> body_timer_;
  std::shared_ptr<Exchange> exchange_;
  std::shared_ptr<QueuedBody> body_;
  int refusal_ = 0;  // status of the answer to a request that is not worth reading on
  std::string refusal_text_;
  size_t dropped_bytes_ = 0;
  bool closed_ = false;
};

class Http2ServerConnection final : public ServerConnection,
                                    public Http2ConnectionObserver,
                                    public std::enable_shared_from_this<Http2ServerConnection> {
 public:
  explicit Http2ServerConnection(std::shared_ptr<ServerCore> core) : core_(std::move(core)) {}

  void Start(std::shared_ptr<Transport> transport, std::string_view received) {
    core_->Add(shared_from_this());
    const auto connection = Http2Connection::Start(core_->loop(), std::move(transport), Http2Role::kServer,
                                                   core_->options().http2_options, shared_from_this(), received);
    connection_ = connection;
    if (core_->draining() && !connection->closed()) connection->ShutdownGracefully(std::chrono::milliseconds(0));
  }
  std::shared_ptr<Http2StreamHandler> OnStream(const std::shared_ptr<Http2Connection>& connection, int32_t stream_id,
                                               HeaderFields fields) override {
    if (core_->options().grpc_hook && FieldValue(fields, "content-type").starts_with("application/grpc")) {
      return core_->options().grpc_hook(connection, stream_id, std::move(fields));
    }
    const auto stream = std::make_shared<Stream>(core_, connection, stream_id);
    stream->Start(std::move(fields));
    return stream;
  }
  void OnClosed(const Status&) override { core_->Remove(shared_from_this()); }
  void Drain(std::chrono::milliseconds grace) override {
    if (const auto connection = connection_.lock()) connection->ShutdownGracefully(grace);
  }
  void Kill() override {
    if (const auto connection = connection_.lock()) connection->Close(CancelledError("server is shutting down"));
  }

 private:
  const std::shared_ptr<ServerCore> core_;
  std::weak_ptr<Http2Connection> connection_;
};

}  // namespace

void StartHttp2ServerConnection(std::shared_ptr<ServerCore> core, std::shared_ptr<Transport> transport,
                                std::string_view received) {
  std::make_shared<Http2ServerConnection>(std::move(core))->Start(std::move(transport), received);
}

}  // namespace epi::http
