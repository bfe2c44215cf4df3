#include "tests/unit/http/test_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/str_cat.h"
#include "tests/support/catch.h"

namespace epi::http {

TestServer::TestServer(ServerOptions options, RouterOptions router_options) : router_(router_options) {
  AddRoutes();
  options.address = "127.0.0.1:0";
  options.registry = &registry_;
  tls_ = options.tls != nullptr;
  auto server = Server::Start(&loop_, std::move(options), &router_);
  REQUIRE(server.ok());
  server_ = std::move(*server);
}

std::string TestServer::Url(const std::string& path) const {
  return StrCat(tls_ ? "https" : "http", "://127.0.0.1:", port(), path);
}

void TestServer::AddRoutes() {
  Route healthy;
  healthy.method = "GET";
  healthy.path = "/-/healthy";
  healthy.name = "healthy";
  healthy.at_root = true;
  healthy.inline_handler = [](const Request&) { return TextResponse(200, "OK"); };
  router_.Add(healthy);

  Route echo;
  echo.path = "/echo";
  echo.name = "echo";
  echo.cors = true;
  echo.body_bytes_max = 100'000;
  echo.handler = [](const Context&, const Request& request, ResponseWriter* out) {
    const auto form = request.ParseForm();
    out->SetHeader("content-type", "text/plain");
    const Status sent = out->Write(StrCat(request.method, " HTTP/", request.http_version, " q=", form.ok() ? form.value().Get("q") : "bad",
                                          " body=", request.body.size(), " peer=", request.peer_subject, "\n"));
    CHECK(sent.ok());
  };
  router_.Add({"GET", "POST"}, echo);

  Route large;
  large.method = "GET";
  large.path = "/large";
  large.name = "large";
  large.handler = [](const Context&, const Request& request, ResponseWriter* out) {
    out->SetHeader("content-type", "application/json");
    const uint64_t lines = std::stoull(request.query);
    for (uint64_t i = 0; i < lines; ++i) {
      if (!out->Write(StrCat("line ", i, " of the large answer\n")).ok()) return;
    }
  };
  router_.Add(large);

  Route hang;
  hang.method = "GET";
  hang.path = "/hang";
  hang.name = "hang";
  hang.handler = [this](const Context& ctx, const Request&, ResponseWriter* out) {
    Mutex mutex;
    CondVar changed;
    const auto wake = ctx.OnCancel([&] {
      MutexLock lock(&mutex);
      changed.NotifyAll();
    });
    hang_started.set_value();
    MutexLock lock(&mutex);
    while (ctx.Check().ok()) changed.WaitUntil(&mutex, ctx.deadline());
    hang_ended.set_value(ctx.Check().ToString());
    static_cast<void>(out->Write("late").ok());
  };
  router_.Add(hang);

  Route brief = hang;
  brief.path = "/brief";
  brief.timeout = std::chrono::milliseconds(20);
  router_.Add(brief);

  Route broken;
  broken.method = "GET";
  broken.path = "/broken";
  broken.name = "broken";
  broken.handler = [](const Context&, const Request&, ResponseWriter* out) {
    CHECK(out->Write("half an answer").ok());
    CHECK(out->Flush().ok());
    out->Abort();
  };
  router_.Add(broken);
}

RawClient::RawClient(uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
}

RawClient::~RawClient() { Close(); }

void RawClient::Close() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

void RawClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

std::string RawClient::ReadAll() {
  std::string all;
  char buffer[65536];
  for (ssize_t size = 0; (size = recv(fd_, buffer, sizeof(buffer), 0)) > 0;) all.append(buffer, static_cast<size_t>(size));
  return all;
}

std::string RawClient::ReadUntil(std::string_view ending) {
  std::string all;
  char c = 0;
  while (!all.ends_with(ending) && recv(fd_, &c, 1, 0) == 1) all.push_back(c);
  return all;
}

}  // namespace epi::http
