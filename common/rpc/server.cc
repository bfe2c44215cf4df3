#include "common/rpc/server.h"

#include <algorithm>
#include <exception>
#include <map>
#include <unordered_map>
#include <utility>

#include "common/base/str_cat.h"
#include "common/rpc/server_call.h"
#include "common/runtime/thread_pool.h"

namespace epi::rpc {
namespace {

// Takes the rest of a request that was answered at once.
class Answered final : public http::Http2StreamHandler {
 public:
  void OnData(std::string_view /*bytes*/) override {}
  void OnEnd() override {}
  void OnClose(http::Http2Error /*error*/) override {}
};

runtime::ThreadPoolOptions PoolOptions(const char* name, size_t threads_max, size_t queue_max) {
  return {.name = name, .threads_max = threads_max, .queue_max = queue_max};
}

}  // namespace

// What streams and handlers share with the server, and what outlives it in hooks and posted tasks.
class Server::Core : public std::enable_shared_from_this<Core> {
 public:
  struct Method {
    CallType type;
    StreamHandler handler;
    Lane lane;
    std::shared_ptr<MethodMetrics> metrics;
  };

  Core(runtime::Loop* loop, ServerOptions server_options)
      : loop_(loop),
        options_(std::move(server_options)),
        data_pool_(std::make_unique<runtime::ThreadPool>(PoolOptions("rpc", options_.threads_max, options_.queue_max))),
        control_pool_(std::make_unique<runtime::ThreadPool>(PoolOptions("rpc-control", kControlThreadsMax, options_.queue_max))),
        metrics_(options_.registry == nullptr ? nullptr : std::make_unique<CallMetrics>(options_.registry, CallSide::kServer)) {}

  void Register(std::string path, CallType type, StreamHandler handler, Lane lane);
  std::vector<std::string> Methods() const;
  Status Listen(http::ListenOptions options);
  uint16_t port() const { return port_; }
  std::shared_ptr<http::Http2StreamHandler> Accept(const std::shared_ptr<http::Http2Connection>& connection, int32_t stream_id,
                                                   http::HeaderFields fields);
  void Shutdown(std::chrono::milliseconds grace);
  void Stop();
  size_t calls_in_flight() const;

 private:
  class Observer;

  void AcceptConnection(std::shared_ptr<http::Transport> transport);
  Status Dispatch(const std::shared_ptr<ServerCall>& call, const Method& method);
  void Run(const std::shared_ptr<ServerCall>& call, const Method& method);
  Status RunHandler(ServerCall* call, const Method& method);
  void Forget(ServerCall* call) LOCKS_EXCLUDED(mutex_);
  void CancelCalls() LOCKS_EXCLUDED(mutex_);
  bool WaitForCalls(std::chrono::steady_clock::time_point deadline) LOCKS_EXCLUDED(mutex_);
  // Until the last answers are on their way and the connections have ended.
  void WaitForConnections(std::chrono::steady_clock::time_point deadline) LOCKS_EXCLUDED(mutex_);
  void CountConnections() LOCKS_EXCLUDED(mutex_);

  runtime::Loop* const loop_;
  const ServerOptions options_;
  // Reset by Stop(), so that no handler's thread is the last owner of its own pool.
  std::unique_ptr<runtime::ThreadPool> data_pool_;
  std::unique_ptr<runtime::ThreadPool> control_pool_;
  const std::unique_ptr<CallMetrics> metrics_;
  std::map<std::string, Method, std::less<>> methods_;

  // Loop thread.
  std::unique_ptr<http::Listener> listener_;
  std::unordered_map<http::Http2Connection*, std::weak_ptr<http::Http2Connection>> connections_;
  // Those that still flush after their connection ended are among them.
  std::vector<std::weak_ptr<http::Transport>> transports_;
  uint16_t port_ = 0;

  mutable Mutex mutex_;
  CondVar changed_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  size_t open_connections_ GUARDED_BY(mutex_) = 0;
  std::unordered_map<ServerCall*, std::shared_ptr<ServerCall>> calls_ GUARDED_BY(mutex_);
};

// Of one connection that our own listener accepted.
class Server::Core::Observer final : public http::Http2ConnectionObserver {
 public:
  explicit Observer(std::shared_ptr<Core> core) : core_(std::move(core)) {}
  void Watch(const std::shared_ptr<http::Http2Connection>& connection) {
    if (connection->closed()) return;
    connection_ = connection.get();
    core_->connections_.emplace(connection_, connection);
    core_->CountConnections();
  }
  std::shared_ptr<http::Http2StreamHandler> OnStream(const std::shared_ptr<http::Http2Connection>& connection,
                                                     int32_t stream_id, http::HeaderFields fields) override {
    return core_->Accept(connection, stream_id, std::move(fields));
  }
  void OnClosed(const Status& /*why*/) override {
    core_->connections_.erase(connection_);
    core_->CountConnections();
  }

 private:
  const std::shared_ptr<Core> core_;
  http::Http2Connection* connection_ = nullptr;
};

void Server::Core::Register(std::string path, CallType type, StreamHandler handler, Lane lane) {
  auto metrics = metrics_ == nullptr ? nullptr : metrics_->Method(path, type);
  const bool added = methods_.emplace(std::move(path), Method{type, std::move(handler), lane, std::move(metrics)}).second;
  CHECK(added);
}

std::vector<std::string> Server::Core::Methods() const {
  std::vector<std::string> out;
  for (const auto& [path, method] : methods_) out.push_back(path);
  return out;
}

Status Server::Core::Listen(http::ListenOptions options) {
  std::weak_ptr<Core> weak = weak_from_this();
  auto listener = http::Listener::Listen(loop_, std::move(options), [weak](std::shared_ptr<http::Transport> transport) {
    if (const std::shared_ptr<Core> core = weak.lock()) core->AcceptConnection(std::move(transport));
  });
  if (!listener.ok()) return std::move(listener).status();
  port_ = listener.value()->port();
  loop_->RunSync([&] { listener_ = std::move(listener).value(); });
  return OkStatus();
}

void Server::Core::AcceptConnection(std::shared_ptr<http::Transport> transport) {
  if (!transport->alpn().empty() && transport->alpn() != "h2") {
    transport->Close();
    return;
  }
  std::erase_if(transports_, [](const auto& weak) { return weak.expired(); });
  transports_.push_back(transport);
  auto observer = std::make_shared<Observer>(shared_from_this());
  observer->Watch(http::Http2Connection::Start(loop_, std::move(transport), http::Http2Role::kServer, options_.connection, observer));
}

std::shared_ptr<http::Http2StreamHandler> Server::Core::Accept(const std::shared_ptr<http::Http2Connection>& connection,
                                                               int32_t stream_id, http::HeaderFields fields) {
  const auto answer = [&](const http::HeaderFields& answer_fields) -> std::shared_ptr<http::Http2StreamHandler> {
    const Status submitted = connection->session().SubmitResponse(stream_id, answer_fields, nullptr);
    return submitted.ok() ? std::make_shared<Answered>() : nullptr;
  };
  if (http::FieldValue(fields, ":method") != "POST") return answer({{":status", "405"}, {"allow", "POST"}});
  if (!http::FieldValue(fields, "content-type").starts_with("application/grpc")) return answer({{":status", "415"}});
  const auto method = methods_.find(http::FieldValue(fields, ":path"));
  if (method == methods_.end()) {
    return answer(TrailersOnly(UnimplementedError(StrCat("unknown method ", http::FieldValue(fields, ":path")))));
  }
  Result<CallRequest> request = ParseCallRequest(std::move(fields));
  if (!request.ok()) return answer(TrailersOnly(request.status()));
  const CallType type = method->second.type;
  const bool one_response = type == CallType::kUnary || type == CallType::kClientStream;
  auto call = std::make_shared<ServerCall>(connection, stream_id, std::move(request).value(), one_response,
                                           options_.message_bytes_max, method->second.metrics);
  const Status dispatched = Dispatch(call, method->second);
  if (!dispatched.ok()) call->Finish(dispatched);
  return call;
}

Status Server::Core::Dispatch(const std::shared_ptr<ServerCall>& call, const Method& method) {
  MutexLock lock(&mutex_);
  if (stopping_) return UnavailableError("server is shutting down");
  runtime::ThreadPool* pool = method.lane == Lane::kData ? data_pool_.get() : control_pool_.get();
  RETURN_IF_ERROR(pool->Submit([self = shared_from_this(), call, &method] { self->Run(call, method); }));
  calls_.emplace(call.get(), call);
  return OkStatus();
}

void Server::Core::Run(const std::shared_ptr<ServerCall>& call, const Method& method) {
  call->Finish(RunHandler(call.get(), method));
  Forget(call.get());
}

Status Server::Core::RunHandler(ServerCall* call, const Method& method) {
  RETURN_IF_ERROR(call->context().Check());
  try {
    return method.handler(call->context(), *call);
  } catch (const std::exception& error) {
    if (metrics_ != nullptr) metrics_->Panicked();
    return InternalError(StrCat("handler failed: ", std::string_view(error.what())));
  }
}

void Server::Core::Forget(ServerCall* call) {
  MutexLock lock(&mutex_);
  calls_.erase(call);
  changed_.NotifyAll();
}

void Server::Core::CancelCalls() {
  std::vector<std::shared_ptr<ServerCall>> calls;
  {
    MutexLock lock(&mutex_);
    for (const auto& [key, call] : calls_) calls.push_back(call);
  }
  for (const std::shared_ptr<ServerCall>& call : calls) call->Cancel("server is shutting down");
}

bool Server::Core::WaitForCalls(std::chrono::steady_clock::time_point deadline) {
  MutexLock lock(&mutex_);
  while (!calls_.empty()) {
    if (!changed_.WaitUntil(&mutex_, deadline)) return false;
  }
  return true;
}

void Server::Core::WaitForConnections(std::chrono::steady_clock::time_point deadline) {
  MutexLock lock(&mutex_);
  while (open_connections_ > 0) {
    if (!changed_.WaitUntil(&mutex_, deadline)) return;
  }
}

void Server::Core::CountConnections() {
  MutexLock lock(&mutex_);
  open_connections_ = connections_.size();
  changed_.NotifyAll();
}

void Server::Core::Shutdown(std::chrono::milliseconds grace) {
  const auto deadline = std::chrono::steady_clock::now() + grace;
  loop_->RunSync([&] {
    listener_.reset();
    for (const auto& [key, weak] : std::unordered_map(connections_)) {
      if (const std::shared_ptr<http::Http2Connection> connection = weak.lock()) connection->ShutdownGracefully(grace);
    }
  });
  if (!WaitForCalls(deadline)) CancelCalls();
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
  }
  CancelCalls();
  WaitForCalls(std::chrono::steady_clock::time_point::max());
  WaitForConnections(deadline);
}

void Server::Core::Stop() {
  Shutdown(std::chrono::milliseconds(0));
  loop_->RunSync([&] {
    for (const auto& [key, weak] : std::unordered_map(connections_)) {
      if (const std::shared_ptr<http::Http2Connection> connection = weak.lock()) connection->Close(OkStatus());
    }
    for (const auto& weak : transports_) {
      if (const std::shared_ptr<http::Transport> transport = weak.lock()) transport->Close();
    }
  });
  data_pool_.reset();
  control_pool_.reset();
}

size_t Server::Core::calls_in_flight() const {
  MutexLock lock(&mutex_);
  return calls_.size();
}

Server::Server(runtime::Loop* loop, ServerOptions options) : core_(std::make_shared<Core>(loop, std::move(options))) {}

Server::~Server() { core_->Stop(); }

void Server::RegisterUnary(std::string path, UnaryHandler handler, Lane lane) {
  auto stream_handler = [handler = std::move(handler)](const Context& ctx, ServerStream& call) -> Status {
    std::optional<std::string> request = TRY(call.Read(ctx));
    if (!request.has_value()) return InternalError("unary call without a request");
    return call.Write(ctx, TRY(handler(ctx, call, std::move(*request))));
  };
  core_->Register(std::move(path), CallType::kUnary, std::move(stream_handler), lane);
}

void Server::RegisterStream(std::string path, CallType type, StreamHandler handler, Lane lane) {
  core_->Register(std::move(path), type, std::move(handler), lane);
}

std::vector<std::string> Server::Methods() const { return core_->Methods(); }

http::Http2StreamHook Server::Hook() {
  return [core = core_](const std::shared_ptr<http::Http2Connection>& connection, int32_t stream_id, http::HeaderFields fields) {
    return core->Accept(connection, stream_id, std::move(fields));
  };
}

Status Server::Listen(http::ListenOptions options) { return core_->Listen(std::move(options)); }

uint16_t Server::port() const { return core_->port(); }

void Server::Shutdown(std::chrono::milliseconds grace) { core_->Shutdown(grace); }

size_t Server::calls_in_flight() const { return core_->calls_in_flight(); }

}  // namespace epi::rpc
