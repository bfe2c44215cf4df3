// What all connections of one server share: routing, handler threads, metrics, and the list of who is connected.
// Private to the server's files; others use server.h.
//
// Threads:  loop only, but for what handler threads run inside Serve().
#pragma once

#include <memory>
#include <set>
#include <string>

#include "common/http/exchange.h"
#include "common/http/response_writer.h"
#include "common/http/server.h"
#include "common/http/server_metrics.h"
#include "common/runtime/thread_pool.h"

namespace epi::http {

// A connection as the server sees it.
class ServerConnection {
 public:
  virtual ~ServerConnection() = default;
  // Ends after the requests in flight, which have `grace`; at once without any.
  virtual void Drain(std::chrono::milliseconds grace) = 0;
  // Ends now.
  virtual void Kill() = 0;
};

class ServerCore : public std::enable_shared_from_this<ServerCore> {
 public:
  ServerCore(runtime::Loop* loop, ServerOptions options, const Router* router);

  // Takes a usable transport and finds out what it speaks.
  void OnTransport(std::shared_ptr<Transport> transport);

  // Decides by the head who serves the request. Without a route, `response` is the answer.
  Router::Match Admit(std::string_view target, Request* request) const;
  // Serves a whole request, inline or on a handler thread; the answer goes to the exchange's sink.
  void Serve(const std::shared_ptr<Exchange>& exchange, const Route* route, Request request);
  // Sends an answer that needs no handler.
  void Answer(const std::shared_ptr<Exchange>& exchange, const Request& request, const Response& response);

  void Add(std::shared_ptr<ServerConnection> connection);
  void Remove(const std::shared_ptr<ServerConnection>& connection);
  void DrainAll(std::chrono::milliseconds grace);
  void KillAll();
  // Any thread. False when connections are still open at the deadline.
  bool WaitUntilEmpty(std::chrono::steady_clock::time_point deadline);
  // Any thread but the loop: cancels what still runs and waits for the handler threads.
  void StopHandlers();

  runtime::Loop* loop() const { return loop_; }
  const ServerOptions& options() const { return options_; }
  const Context& ctx() const { return ctx_; }
  bool draining() const { return draining_; }

 private:
  struct Task;
  bool NeedsLogin(const Route& route) const;
  void RunInline(Task* task);
  void RunHandler(Task* task);
  // False when the answer was a refusal.
  bool PassesAuth(Task* task, ExchangeWriter* writer);
  void Record(const Task& task, const ExchangeWriter& writer);
  ResponseWriterOptions WriterOptions(const Request& request, const Route* route) const;

  runtime::Loop* const loop_;
  const ServerOptions options_;
  const Router* const router_;
  const Context ctx_;
  std::unique_ptr<ServerMetrics> metrics_;
  std::unique_ptr<runtime::ThreadPool> handlers_;
  std::set<std::shared_ptr<ServerConnection>> connections_;
  bool draining_ = false;

  Mutex mutex_;
  CondVar changed_;
  size_t open_ GUARDED_BY(mutex_) = 0;
};

}  // namespace epi::http
