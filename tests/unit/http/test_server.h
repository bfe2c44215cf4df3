// A server on port 0 with a few routes, and a raw TCP client, for the server's tests.
#pragma once

#include <atomic>
#include <future>
#include <memory>
#include <string>

#include "common/http/server.h"

namespace epi::http {

class TestServer {
 public:
  explicit TestServer(ServerOptions options = {}, RouterOptions router_options = {});

  // "http://127.0.0.1:4711" + path.
  std::string Url(const std::string& path) const;
  uint16_t port() const { return server_->port(); }
  Server& server() { return *server_; }
  metrics::Registry& registry() { return registry_; }
  runtime::Loop& loop() { return loop_; }

  // /hang: started when the handler runs, ended with its context's error.
  std::promise<void> hang_started;
  std::promise<std::string> hang_ended;

 private:
  void AddRoutes();

  metrics::Registry registry_;
  runtime::Loop loop_;
  Router router_;
  bool tls_ = false;
  std::unique_ptr<Server> server_;
};

// A blocking socket to 127.0.0.1.
class RawClient {
 public:
  explicit RawClient(uint16_t port);
  ~RawClient();

  void Send(std::string_view bytes);
  // Everything until the peer ends the connection.
  std::string ReadAll();
  // Reads until the text ends so.
  std::string ReadUntil(std::string_view ending);
  void Close();

 private:
  int fd_;
};

}  // namespace epi::http
