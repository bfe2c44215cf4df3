// A server connection that speaks HTTP/1.x: parses requests, serves them one at a time, writes the answers in order.
//
// While a request is answered the socket is still read, so that a client's leaving is seen; up to kPipelineBytesMax of
// further requests are kept meanwhile.
#include <algorithm>

#include "common/base/str_cat.h"
#include "common/http/http1_encoder.h"
#include "common/http/http1_parser.h"
#include "common/http/server_connection.h"

namespace epi::http {
namespace {

using std::chrono::steady_clock;

class Http1Connection final : public ServerConnection,
                              public Transport::Handler,
                              public ResponseSink,
                              public std::enable_shared_from_this<Http1Connection> {
 public:
  Http1Connection(std::shared_ptr<ServerCore> core, std::shared_ptr<Transport> transport)
      : core_(std::move(core)), transport_(std::move(transport)), timer_(core_->loop()), parser_({}) {}

  void Start(std::string_view received) {
    core_->Add(shared_from_this());
    transport_->SetHandler(this);
    ArmIdle(core_->options().head_timeout);
    OnBytes(received);
  }

  void OnBytes(std::string_view bytes) override {
    const auto alive = shared_from_this();
    if (exchange_ != nullptr) {
      pipelined_ += bytes;
      if (pipelined_.size() > kPipelineBytesMax) transport_->PauseReading();
      return;
    }
    Feed(bytes);
  }
  void OnDrained() override {
    if (exchange_ != nullptr) exchange_->OnDrained();
  }
  void OnClosed(const Status& why) override {
    const auto alive = shared_from_this();
    Forget(why.message());
  }
  void Drain(std::chrono::milliseconds) override {
    draining_ = true;
    if (exchange_ == nullptr && parser_.idle()) Finish();
  }
  void Kill() override {
    const auto alive = shared_from_this();
    transport_->Close();
    Forget("connection closed by server");
  }

  void Send(ResponsePart part) override;
  size_t buffered_bytes() const override { return transport_->buffered_bytes() + output_.size(); }

 private:
  void Feed(std::string_view bytes);
  // False when parsing must stop: an answer is being made, or the connection ends.
  bool OnEvent(Http1Parser::Event event);
  void OnHead();
  void OnBody(std::string_view bytes);
  void OnRequest();
  void Refuse(int status, const std::string& text);
  void StartExchange();
  void AppendHead(const ResponsePart& part);
  void FinishResponse();
  void FlushOutput();
  void Finish();
  void Forget(std::string_view why);
  void ArmIdle(std::chrono::milliseconds timeout);
  void OnTimeout();

  const std::shared_ptr<ServerCore> core_;
  const std::shared_ptr<Transport> transport_;
  runtime::Timer timer_;
  Http1Parser parser_;
  Request request_;
  Router::Match match_;
  std::shared_ptr<Exchange> exchange_;
  std::string pipelined_;
  std::string output_;
  steady_clock::time_point body_deadline_;
  bool reading_body_ = false;
  bool feeding_ = false;
  bool arming_head_ = false;  // the timer counts against an unfinished head
  bool draining_ = false;
  bool finished_ = false;
  // Of the request being answered.
  bool keep_alive_ = true;
  bool head_method_ = false;
  bool chunked_ = false;
  int minor_version_ = 1;
};

void Http1Connection::Feed(std::string_view bytes) {
  feeding_ = true;
  while (!finished_ && exchange_ == nullptr) {
    if (OnEvent(parser_.Parse(&bytes))) continue;
    // Answered already (inline): go on with what came behind the request.
    if (exchange_ == nullptr && !finished_ && !bytes.empty()) continue;
    break;
  }
  if (!finished_) pipelined_.append(bytes);
  feeding_ = false;
  FlushOutput();
  if (!finished_ && exchange_ == nullptr) {
    ArmIdle(parser_.idle() ? core_->options().keep_alive_timeout
                           : (reading_body_ ? core_->options().body_idle_timeout : core_->options().head_timeout));
  }
}

bool Http1Connection::OnEvent(Http1Parser::Event event) {
  switch (event) {
    case Http1Parser::Event::kHead: OnHead(); return !finished_;
    case Http1Parser::Event::kBody: OnBody(parser_.body()); return !finished_;
    case Http1Parser::Event::kDone: OnRequest(); return false;
    case Http1Parser::Event::kError: Refuse(parser_.error_status(), parser_.error_text()); return false;
    default: return false;
  }
}

void Http1Connection::OnHead() {
  Http1Head& head = parser_.head();
  keep_alive_ = head.keep_alive;
  minor_version_ = head.minor_version;
  request_ = {};
  request_.method = std::move(head.method);
  request_.headers = std::move(head.headers);
  request_.host = request_.Header("host");
  request_.peer_address = transport_->peer_address();
  request_.peer_subject = transport_->peer_subject();
  request_.tls = transport_->tls();
  request_.body_charge = MemoryCharge(core_->options().memory);
  head_method_ = request_.method == "HEAD";
  match_ = core_->Admit(head.target, &request_);
  // Without a route the body is of no use: a little of it is read away, so that the connection can go on.
  parser_.set_body_bytes_max(match_.route == nullptr ? kPipelineBytesMax : match_.route->body_bytes_max);
  if (!head.has_body()) return;
  reading_body_ = true;
  body_deadline_ = steady_clock::now() + core_->options().body_timeout;
  if (head.expects_continue && match_.route != nullptr && head.content_length <= match_.route->body_bytes_max) {
    output_ += kContinue;
    FlushOutput();
  }
  // Small promises are trusted with memory, large ones when they are kept.
  constexpr uint64_t kReserveMax = 1 << 20;
  request_.body.reserve(std::min(head.content_length, kReserveMax));
}

void Http1Connection::OnBody(std::string_view bytes) {
  if (match_.route == nullptr) return;
  const Status charged = request_.body_charge.Add(bytes.size(), "request body");
  if (!charged.ok()) {
    Refuse(503, std::string(charged.message()));
    return;
  }
  request_.body += bytes;
  if (steady_clock::now() > body_deadline_) Refuse(408, "request body took too long");
}

void Http1Connection::StartExchange() {
  reading_body_ = false;
  timer_.Stop();
  exchange_ = std::make_shared<Exchange>(core_->loop(), core_->ctx(), shared_from_this());
}

void Http1Connection::OnRequest() {
  StartExchange();
  const auto exchange = exchange_;
  if (match_.route != nullptr) {
    core_->Serve(exchange, match_.route, std::move(request_));
  } else {
    core_->Answer(exchange, request_, match_.response);
  }
}

// Answers what cannot be served, and ends the connection: where the next request begins is unknown.
void Http1Connection::Refuse(int status, const std::string& text) {
  keep_alive_ = false;
  head_method_ = false;
  StartExchange();
  const auto exchange = exchange_;
  core_->Answer(exchange, {}, TextResponse(status, StrCat(status, " ", ReasonPhrase(status), ": ", text)));
}

void Http1Connection::AppendHead(const ResponsePart& part) {
  const bool whole = part.end;
  Http1ResponseHead head;
  head.status = part.status;
  head.headers = &part.headers;
  head.minor_version = minor_version_;
  head.content_length = head_method_ ? part.head_body_bytes : part.bytes.size();
  if (part.status < 200 || part.status == 204 || part.status == 304) {
    head.framing = BodyFraming::kNone;
  } else if (whole) {
    head.framing = BodyFraming::kLength;
  } else {
    head.framing = minor_version_ == 1 ? BodyFraming::kChunked : BodyFraming::kClose;
  }
  chunked_ = head.framing == BodyFraming::kChunked;
  keep_alive_ = keep_alive_ && !draining_ && head.framing != BodyFraming::kClose;
  head.keep_alive = keep_alive_;
  AppendHttp1Head(head, &output_);
  if (head.framing == BodyFraming::kNone) head_method_ = true;  // whatever the handler wrote is not sent
}

void Http1Connection::Send(ResponsePart part) {
  if (finished_) return;
  const auto alive = shared_from_this();
  if (part.abort) {
    // The missing end tells the client that the answer is broken.
    Kill();
    return;
  }
  if (part.head) AppendHead(part);
  if (!head_method_) {
    if (chunked_) {
      AppendChunk(part.bytes, &output_);
      if (part.end) output_ += kLastChunk;
    } else {
      output_ += part.bytes;
    }
  }
  if (!feeding_) FlushOutput();
  if (part.end) FinishResponse();
}

void Http1Connection::FinishResponse() {
  exchange_ = nullptr;
  chunked_ = false;
  if (!keep_alive_ || draining_) {
    FlushOutput();
    Finish();
    return;
  }
  if (feeding_) return;  // Feed() goes on by itself.
  transport_->ResumeReading();
  Feed(std::exchange(pipelined_, {}));
}

void Http1Connection::FlushOutput() {
  if (!output_.empty()) transport_->Write(std::exchange(output_, {}));
}

void Http1Connection::Finish() {
  if (finished_) return;
  const auto alive = shared_from_this();
  transport_->CloseAfterFlush();
  Forget("connection closed by server");
}

void Http1Connection::Forget(std::string_view why) {
  if (std::exchange(finished_, true)) return;
  timer_.Stop();
  if (exchange_ != nullptr) std::exchange(exchange_, nullptr)->ClientGone(StrCat("client left: ", why));
  core_->Remove(shared_from_this());
}

void Http1Connection::ArmIdle(std::chrono::milliseconds timeout) {
  // A head that trickles in must not push its deadline away.
  if (!parser_.idle() && !reading_body_ && timer_.active() && arming_head_) return;
  arming_head_ = !parser_.idle() && !reading_body_;
  timer_.Start(timeout, [this] { OnTimeout(); });
}

void Http1Connection::OnTimeout() {
  const auto alive = shared_from_this();
  if (parser_.idle()) {
    Finish();
    return;
  }
  Refuse(408, "request took too long");
  FlushOutput();
}

}  // namespace

void StartHttp1Connection(std::shared_ptr<ServerCore> core, std::shared_ptr<Transport> transport, std::string_view received) {
  std::make_shared<Http1Connection>(std::move(core), std::move(transport))->Start(received);
}

}  // namespace epi::http
