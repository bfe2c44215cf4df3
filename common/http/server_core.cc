#include "common/http/server_core.h"

#include "common/base/str_cat.h"
#include "common/http/server_connection.h"

namespace epi::http {

using std::chrono::steady_clock;

// A request on its way through a handler.
struct ServerCore::Task {
  std::shared_ptr<Exchange> exchange;
  const Route* route = nullptr;
  Request request;
  steady_clock::time_point start;
};

ServerCore::ServerCore(runtime::Loop* loop, ServerOptions options, const Router* router)
    : loop_(loop), options_(std::move(options)), router_(router), ctx_(Context::Background().WithCancel()) {
  if (options_.registry != nullptr) metrics_ = std::make_unique<ServerMetrics>(options_.registry);
  runtime::ThreadPoolOptions pool;
  pool.name = "http";
  pool.threads_max = options_.handler_threads;
  pool.queue_max = options_.handler_queue;
  pool.stack_bytes = options_.handler_stack_bytes;
  handlers_ = std::make_unique<runtime::ThreadPool>(pool);
}

void ServerCore::OnTransport(std::shared_ptr<Transport> transport) {
  StartServerConnection(shared_from_this(), std::move(transport));
}

void ServerCore::Add(std::shared_ptr<ServerConnection> connection) {
  connections_.insert(std::move(connection));
  MutexLock lock(&mutex_);
  ++open_;
}

void ServerCore::Remove(const std::shared_ptr<ServerConnection>& connection) {
  if (connections_.erase(connection) == 0) return;
  MutexLock lock(&mutex_);
  --open_;
  changed_.NotifyAll();
}

void ServerCore::DrainAll(std::chrono::milliseconds grace) {
  draining_ = true;
  const auto all = connections_;
  for (const auto& connection : all) connection->Drain(grace);
}

void ServerCore::KillAll() {
  const auto all = connections_;
  for (const auto& connection : all) connection->Kill();
}

bool ServerCore::WaitUntilEmpty(steady_clock::time_point deadline) {
  MutexLock lock(&mutex_);
  while (open_ > 0) {
    if (!changed_.WaitUntil(&mutex_, deadline)) return open_ == 0;
  }
  return true;
}

void ServerCore::StopHandlers() {
  ctx_.Cancel("server is shutting down");
  handlers_.reset();
}

Router::Match ServerCore::Admit(std::string_view target, Request* request) const { return router_->Find(target, request); }

ResponseWriterOptions ServerCore::WriterOptions(const Request& request, const Route* route) const {
  ResponseWriterOptions options;
  options.head_request = request.method == "HEAD";
  options.gzip = AcceptsGzip(request.Header("accept-encoding"));
  options.headers = options_.extra_headers;
  if (route != nullptr) router_->AddCorsHeaders(*route, &options.headers);
  return options;
}

void ServerCore::Answer(const std::shared_ptr<Exchange>& exchange, const Request& request, const Response& response) {
  ExchangeWriter writer(exchange, WriterOptions(request, nullptr));
  if (writer.Send(response).ok()) writer.Finish();
}

void ServerCore::Serve(const std::shared_ptr<Exchange>& exchange, const Route* route, Request request) {
  const auto task = std::make_shared<Task>(Task{exchange, route, std::move(request), steady_clock::now()});
  const bool login_needed = NeedsLogin(*route) &&
                            !options_.auth->Remembered(task->request.Header("authorization"));
  if (route->inline_handler && !login_needed) {
    RunInline(task.get());
    return;
  }
  // The pool's destructor runs what is queued before this core ends.
  const Status taken = handlers_->Submit([this, task] { RunHandler(task.get()); });
  if (taken.ok()) return;
  Response busy = TextResponse(503, StrCat("Service Unavailable: ", taken.message()));
  busy.headers.push_back({"retry-after", "1"});
  Answer(exchange, task->request, busy);
}

bool ServerCore::NeedsLogin(const Route& route) const {
  return options_.auth != nullptr && !route.without_auth && options_.auth->required();
}

void ServerCore::RunInline(Task* task) {
  ExchangeWriter writer(task->exchange, WriterOptions(task->request, task->route));
  if (!writer.Send(task->route->inline_handler(task->request)).ok()) return;
  Record(*task, writer);
  writer.Finish();
}

void ServerCore::RunHandler(Task* task) {
  ExchangeWriter writer(task->exchange, WriterOptions(task->request, task->route));
  std::shared_ptr<metrics::Gauge> in_flight;
  if (metrics_ != nullptr && task->route->instrumented) {
    in_flight = metrics_->InFlight(task->route->name, task->request.method);
    in_flight->Inc();
  }
  if (task->exchange->ctx().Check().ok() && PassesAuth(task, &writer)) {
    const Context& parent = task->exchange->ctx();
    const Context ctx = task->route->timeout.count() > 0 ? parent.WithTimeout(task->route->timeout) : parent;
    if (task->route->handler) {
      task->route->handler(ctx, task->request, &writer);
    } else if (!writer.Send(task->route->inline_handler(task->request)).ok()) {
      writer.Abort();
    }
  }
  // Counted before the client can see the end, so that whoever has its answer finds it in the metrics.
  Record(*task, writer);
  if (in_flight != nullptr) in_flight->Dec();
  writer.Finish();
}

bool ServerCore::PassesAuth(Task* task, ExchangeWriter* writer) {
  if (!NeedsLogin(*task->route)) return true;
  const Status status = options_.auth->Check(task->exchange->ctx(), task->request.Header("authorization"));
  if (status.ok()) return true;
  const bool wrong = status.code() == StatusCode::kUnauthenticated;
  Response refusal = wrong ? TextResponse(401, "Unauthorized") : TextResponse(503, "Service Unavailable");
  if (wrong) refusal.headers.push_back({"www-authenticate", "Basic"});
  if (!writer->Send(refusal).ok()) writer->Abort();
  return false;
}

void ServerCore::Record(const Task& task, const ExchangeWriter& writer) {
  const auto duration = steady_clock::now() - task.start;
  // A client that left before its answer: nginx' and Prometheus' 499.
  const bool gone = !writer.started() && task.exchange->ctx().Done();
  const int status = gone ? 499 : writer.status();
  if (metrics_ != nullptr && task.route->instrumented) {
    metrics_->Observe({task.route->name, task.request.method, status, duration, task.request.body.size(), writer.body_bytes()});
  }
  const bool logged = options_.request_log == RequestLog::kAll || (options_.request_log == RequestLog::kErrors && status >= 500);
  if (!logged) return;
  options_.logger.Info("finished call", {{"http.method", task.request.method},
                                         {"http.path", task.request.path},
                                         {"http.code", status},
                                         {"http.handler", task.route->name},
                                         {"http.time_ms", std::chrono::duration<double, std::milli>(duration).count()},
                                         {"http.bytes", writer.body_bytes()},
                                         {"peer", task.request.peer_address}});
}

}  // namespace epi::http
