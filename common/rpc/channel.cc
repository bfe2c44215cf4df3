#include "common/rpc/channel.h"

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include "common/base/random.h"
#include "common/base/str_cat.h"
#include "common/http/tls_context.h"
#include "common/rpc/client_call.h"

namespace epi::rpc {

std::string_view ChannelStateName(ChannelState state) {
  switch (state) {
    case ChannelState::kIdle:
      return "idle";
    case ChannelState::kConnecting:
      return "connecting";
    case ChannelState::kReady:
      return "ready";
    case ChannelState::kFailed:
      break;
  }
  return "failed";
}

// The state machine of the connection, on the loop:
//
//   idle ──first call──▶ connecting ──SETTINGS──▶ ready ──closed, GOAWAY──▶ connecting
//                          │  ▲
//                     error▼  │after backoff
//                         failed
class ChannelCore : public std::enable_shared_from_this<ChannelCore> {
 public:
  ChannelCore(runtime::Loop* loop, ChannelOptions channel_options) : loop_(loop), options_(std::move(channel_options)) {}

  std::shared_ptr<ClientCall> MakeCall(const Context& ctx, std::string_view method, CallType type, const CallOptions& call_options);
  void PostStart(std::shared_ptr<ClientCall> call);
  void PostConnect();
  // Waits for the loop to let go of everything.
  void Close();

  ChannelState state() const;
  Status last_error() const;
  const std::string& name() const { return options_.name; }

 private:
  class Observer;

  // Loop thread, all of them.
  void Start(const std::shared_ptr<ClientCall>& call);
  void Connect();
  void OnDialed(Result<std::shared_ptr<http::Transport>> transport);
  void OnReady(const http::Http2Connection* connection);
  void OnGoaway(const http::Http2Connection* connection, std::string_view debug);
  void OnClosed(const http::Http2Connection* connection, const Status& why);
  void Failed(const Status& why);
  void FailWaiting(const Status& why);
  void SetState(ChannelState state, const Status& error);

  runtime::Loop* const loop_;
  ChannelOptions options_;

  // Loop thread.
  bool closed_ = false;
  bool ready_ = false;
  std::unique_ptr<http::Dialing> dialing_;
  std::shared_ptr<http::Http2Connection> connection_;
  std::vector<std::weak_ptr<http::Http2Connection>> draining_;
  // Those that still flush after their connection ended are among them.
  std::vector<std::weak_ptr<http::Transport>> transports_;
  std::unique_ptr<runtime::Timer> backoff_;
  std::chrono::milliseconds next_backoff_{0};
  Random jitter_{Random::SystemSeed()};
  std::deque<std::shared_ptr<ClientCall>> waiting_;

  mutable Mutex mutex_;
  ChannelState state_ GUARDED_BY(mutex_) = ChannelState::kIdle;
  Status last_error_ GUARDED_BY(mutex_);
};

class ChannelCore::Observer final : public http::Http2ConnectionObserver {
 public:
  explicit Observer(std::weak_ptr<ChannelCore> core) : core_(std::move(core)) {}
  void Watch(const http::Http2Connection* connection) { connection_ = connection; }
  void OnReady() override {
    if (const std::shared_ptr<ChannelCore> core = core_.lock()) core->OnReady(connection_);
  }
  void OnGoaway(http::Http2Error /*error*/, std::string_view debug) override {
    if (const std::shared_ptr<ChannelCore> core = core_.lock()) core->OnGoaway(connection_, debug);
  }
  void OnClosed(const Status& why) override {
    if (const std::shared_ptr<ChannelCore> core = core_.lock()) core->OnClosed(connection_, why);
  }

 private:
  const std::weak_ptr<ChannelCore> core_;
  const http::Http2Connection* connection_ = nullptr;
};

std::shared_ptr<ClientCall> ChannelCore::MakeCall(const Context& ctx, std::string_view method, CallType type,
                                                    const CallOptions& call_options) {
  const Codec codec = call_options.codec.value_or(options_.codec);
  http::HeaderFields fields = {{":method", "POST"},
                               {":scheme", options_.tls == nullptr ? "http" : "https"},
                               {":path", std::string(method)},
                               {":authority", StrCat(options_.server_name, ":", options_.port)},
                               {"te", "trailers"},
                               {"content-type", "application/grpc"},
                               {"user-agent", options_.user_agent},
                               {"grpc-accept-encoding", std::string(kAcceptEncoding)}};
  if (codec != Codec::kIdentity) fields.push_back({"grpc-encoding", std::string(CodecName(codec))});
  AppendMetadata(options_.metadata, &fields);
  AppendMetadata(call_options.metadata, &fields);
  ClientCallOptions options{.endpoint = options_.name,
                            .fields = std::move(fields),
                            .codec = codec,
                            .window_bytes = options_.connection.session.stream_window_bytes,
                            .message_bytes_max = options_.message_bytes_max,
                            .wait_for_ready = call_options.wait_for_ready,
                            .metrics = options_.metrics == nullptr ? nullptr : options_.metrics->Method(method, type),
                            .restart = nullptr};
  options.restart = [weak = weak_from_this()](const std::shared_ptr<ClientCall>& call) {
    const std::shared_ptr<ChannelCore> core = weak.lock();
    if (core == nullptr) return call->Fail(UnavailableError("channel is closed"));
    core->Start(call);
  };
  return std::make_shared<ClientCall>(loop_, ctx, std::move(options));
}

void ChannelCore::PostStart(std::shared_ptr<ClientCall> call) {
  loop_->Post([self = shared_from_this(), call = std::move(call)] { self->Start(call); });
}

void ChannelCore::PostConnect() {
  loop_->Post([self = shared_from_this()] {
    if (self->connection_ == nullptr && self->backoff_ == nullptr) self->Connect();
  });
}

void ChannelCore::Start(const std::shared_ptr<ClientCall>& call) {
  if (closed_) return call->Fail(UnavailableError("channel is closed"));
  if (ready_) return call->Start(connection_);
  if (backoff_ != nullptr && !call->wait_for_ready()) return call->Fail(last_error());
  if (waiting_.size() >= kWaitingCallsMax) return call->Fail(ResourceExhaustedError("too many calls wait for the connection"));
  waiting_.push_back(call);
  if (backoff_ == nullptr) Connect();
}

void ChannelCore::Connect() {
  if (closed_ || dialing_ != nullptr || connection_ != nullptr) return;
  backoff_.reset();
  SetState(ChannelState::kConnecting, last_error());
  const http::DialOptions dial{.host = options_.host,
                               .port = options_.port,
                               .tls = options_.tls,
                               .server_name = options_.server_name,
                               .timeout = options_.connect_timeout};
  dialing_ = http::Dial(loop_, dial, [weak = weak_from_this()](Result<std::shared_ptr<http::Transport>> transport) {
    if (const std::shared_ptr<ChannelCore> core = weak.lock()) core->OnDialed(std::move(transport));
  });
}

void ChannelCore::OnDialed(Result<std::shared_ptr<http::Transport>> transport) {
  dialing_.reset();
  if (!transport.ok()) return Failed(transport.status());
  const std::string_view alpn = transport.value()->alpn();
  if (!alpn.empty() && alpn != "h2") {
    transport.value()->Close();
    return Failed(UnavailableError(StrCat("peer chose ", alpn, " in the TLS handshake, not HTTP/2")));
  }
  std::erase_if(transports_, [](const auto& weak) { return weak.expired(); });
  transports_.push_back(transport.value());
  auto observer = std::make_shared<Observer>(weak_from_this());
  connection_ = http::Http2Connection::Start(loop_, std::move(transport).value(), http::Http2Role::kClient,
                                             options_.connection, observer);
  observer->Watch(connection_.get());
}

void ChannelCore::OnReady(const http::Http2Connection* connection) {
  if (connection != connection_.get()) return;
  ready_ = true;
  next_backoff_ = options_.backoff_min;
  SetState(ChannelState::kReady, OkStatus());
  for (const std::shared_ptr<ClientCall>& call : std::exchange(waiting_, {})) call->Start(connection_);
}

void ChannelCore::OnGoaway(const http::Http2Connection* connection, std::string_view debug) {
  if (debug == "too_many_pings") options_.connection.keepalive_interval *= 2;
  if (connection != connection_.get() || !ready_) return;
  std::erase_if(draining_, [](const auto& weak) { return weak.expired(); });
  draining_.push_back(connection_);
  connection_.reset();
  ready_ = false;
  SetState(ChannelState::kIdle, OkStatus());
  // The peer may go away with its listener: the new connection is made when a call wants it.
}

void ChannelCore::OnClosed(const http::Http2Connection* connection, const Status& why) {
  if (closed_ || connection != connection_.get()) return;
  connection_.reset();
  if (std::exchange(ready_, false)) {
    SetState(ChannelState::kIdle, why);
    return Connect();
  }
  const bool silent = why.ok() || why.message().starts_with("connection closed");
  if (!silent || options_.tls != nullptr) return Failed(why.ok() ? UnavailableError("connection closed by peer") : why);
  Failed(UnavailableError("peer closed the connection before it spoke HTTP/2 (does it expect TLS?)"));
}

void ChannelCore::Failed(const Status& why) {
  if (closed_) return;
  SetState(ChannelState::kFailed, Status(StatusCode::kUnavailable, std::string(why.message())));
  FailWaiting(last_error());
  const auto base = std::clamp(next_backoff_, options_.backoff_min, options_.backoff_max);
  next_backoff_ = std::min(base * 2, options_.backoff_max);
  // Jitter of a fifth keeps many clients of one restarted server apart.
  const auto jitter = std::chrono::milliseconds(jitter_.Uniform(static_cast<uint64_t>(base.count()) / 5 + 1));
  backoff_ = std::make_unique<runtime::Timer>(loop_);
  backoff_->Start(base + jitter, [this] { Connect(); });
}

void ChannelCore::FailWaiting(const Status& why) {
  std::deque<std::shared_ptr<ClientCall>> patient;
  for (const std::shared_ptr<ClientCall>& call : std::exchange(waiting_, {})) {
    if (call->wait_for_ready() && !closed_) {
      patient.push_back(call);
    } else {
      call->Fail(why);
    }
  }
  waiting_.insert(waiting_.begin(), patient.begin(), patient.end());
}

void ChannelCore::Close() {
  loop_->RunSync([this] {
    closed_ = true;
    ready_ = false;
    backoff_.reset();
    dialing_.reset();
    const Status why = UnavailableError("channel is closed");
    FailWaiting(why);
    if (const auto connection = std::exchange(connection_, nullptr)) connection->Close(why);
    for (const auto& weak : draining_) {
      if (const std::shared_ptr<http::Http2Connection> connection = weak.lock()) connection->Close(why);
    }
    for (const auto& weak : transports_) {
      if (const std::shared_ptr<http::Transport> transport = weak.lock()) transport->Close();
    }
  });
}

void ChannelCore::SetState(ChannelState state, const Status& error) {
  MutexLock lock(&mutex_);
  state_ = state;
  last_error_ = error;
}

ChannelState ChannelCore::state() const {
  MutexLock lock(&mutex_);
  return state_;
}

Status ChannelCore::last_error() const {
  MutexLock lock(&mutex_);
  return last_error_;
}

namespace {

// The only kind of channel with a connection of its own; it ends the core that the loop may still hold.
class ConnectionChannel final : public Channel {
 public:
  explicit ConnectionChannel(std::shared_ptr<ChannelCore> core) : core_(std::move(core)) {}
  ~ConnectionChannel() override { core_->Close(); }

  Result<std::string> Call(const Context& ctx, std::string_view method, std::string request, const CallOptions& options) override;
  std::unique_ptr<ClientStream> Open(const Context& ctx, std::string_view method, CallType type, const CallOptions& options) override;
  void Connect() override { core_->PostConnect(); }
  ChannelState state() const override { return core_->state(); }
  Status last_error() const override { return core_->last_error(); }
  const std::string& name() const override { return core_->name(); }

 private:
  const std::shared_ptr<ChannelCore> core_;
};

Result<std::string> ConnectionChannel::Call(const Context& ctx, std::string_view method, std::string request, const CallOptions& options) {
  const std::shared_ptr<ClientCall> call = core_->MakeCall(ctx, method, CallType::kUnary, options);
  ClientStream stream(ctx, call);
  RETURN_IF_ERROR(stream.Write(ctx, std::move(request)));
  stream.CloseSend();
  core_->PostStart(call);
  std::optional<std::string> response = TRY(stream.Read(ctx));
  if (!response.has_value()) return InternalError("the server sent no response").WithContext(core_->name());
  const std::optional<std::string> second = TRY(stream.Read(ctx));
  if (second.has_value()) return InternalError("the server sent two responses to a unary call").WithContext(core_->name());
  return std::move(*response);
}

std::unique_ptr<ClientStream> ConnectionChannel::Open(const Context& ctx, std::string_view method, CallType type, const CallOptions& options) {
  std::shared_ptr<ClientCall> call = core_->MakeCall(ctx, method, type, options);
  auto stream = std::make_unique<ClientStream>(ctx, call);
  core_->PostStart(std::move(call));
  return stream;
}

}  // namespace

std::shared_ptr<Channel> Channel::Make(runtime::Loop* loop, ChannelOptions options) {
  if (options.server_name.empty()) options.server_name = options.host;
  options.connection.keepalive_interval = options.keepalive_interval;
  if (options.name.empty()) options.name = StrCat(options.host, ":", options.port);
  return std::make_shared<ConnectionChannel>(std::make_shared<ChannelCore>(loop, std::move(options)));
}

}  // namespace epi::rpc
