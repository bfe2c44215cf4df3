#include "common/http/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <thread>

#include "common/base/str_cat.h"
#include "common/base/unique_fd.h"
#include "tests/support/catch.h"

namespace epi::http {
namespace {

// Accepts connections one after another; for each it reads one request's head and lets `answer` do the rest.
class RawServer {
 public:
  explicit RawServer(std::function<void(int fd, const std::string& head)> answer)
      : listener_(socket(AF_INET, SOCK_STREAM, 0)), answer_(std::move(answer)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(bind(listener_.get(), generic, size) == 0);
    REQUIRE(listen(listener_.get(), 8) == 0);
    REQUIRE(getsockname(listener_.get(), generic, &size) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }
  ~RawServer() {
    shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
  }
  std::string Url(std::string_view path) const { return StrCat("http://127.0.0.1:", port_, path); }

 private:
  void Serve() {
    for (;;) {
      const UniqueFd connection(accept(listener_.get(), nullptr, nullptr));
      if (!connection.valid()) return;
      std::string head;
      char c = 0;
      while (!head.ends_with("\r\n\r\n") && recv(connection.get(), &c, 1, 0) == 1) head.push_back(c);
      answer_(connection.get(), head);
    }
  }

  const UniqueFd listener_;
  const std::function<void(int, const std::string&)> answer_;
  uint16_t port_ = 0;
  std::thread thread_;
};

// On the server's thread, where nothing may be asserted: a client that misses its answer fails the test.
void Send(int fd, std::string_view text) {
  [[maybe_unused]] const ssize_t sent = send(fd, text.data(), text.size(), MSG_NOSIGNAL);
}

TEST_CASE("an answer comes back with status, lower-case headers and body, whatever the status") {
  std::string seen;
  RawServer server([&](int fd, const std::string& head) {
    seen = head;
    Send(fd, "HTTP/1.1 503 Busy\r\nX-Reason: Load\r\nContent-Length: 4\r\nConnection: close\r\n\r\nwait");
  });
  ClientOptions options;
  options.config.authorization = config::Authorization{"Bearer", config::Secret("t0ken"), ""};
  const Client client(options);
  const auto answer = client.Do(Context::Background(), {.url = server.Url("/x?y=1"), .headers = {{"x-a", "b"}}});
  REQUIRE(answer.ok());
  CHECK(answer->status == 503);
  CHECK(FieldValue(answer->headers, "x-reason") == "Load");
  CHECK(answer->body == "wait");
  CHECK(seen.starts_with("GET /x?y=1 HTTP/1.1\r\n"));
  CHECK(seen.find("Authorization: Bearer t0ken\r\n") != std::string::npos);
  CHECK(seen.find("x-a: b\r\n") != std::string::npos);
}

TEST_CASE("a streamed body arrives in pieces and an error of the sink ends the call") {
  RawServer server([](int fd, const std::string&) {
    Send(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  });
  const Client client(ClientOptions{});
  std::string body;
  const auto whole = client.Stream(Context::Background(), {.url = server.Url("/")}, [&](const ClientResponse& head, std::string_view piece) {
    CHECK(head.status == 200);
    body += piece;
    return OkStatus();
  });
  REQUIRE(whole.ok());
  CHECK(body == "abcde");
  const auto broken = client.Stream(Context::Background(), {.url = server.Url("/")},
                                    [](const ClientResponse&, std::string_view) { return DataLossError("bad frame"); });
  CHECK(broken.status().code() == StatusCode::kDataLoss);
}

TEST_CASE("a body above the limit is refused") {
  RawServer server([](int fd, const std::string&) { Send(fd, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n12345"); });
  const auto answer = Client(ClientOptions{}).Do(Context::Background(), {.url = server.Url("/"), .response_bytes_max = 4});
  CHECK(answer.status().code() == StatusCode::kResourceExhausted);
}

TEST_CASE("a cancelled context breaks a call off that waits for its answer") {
  const Context ctx = Context::Background().WithCancel();
  RawServer server([&](int fd, const std::string&) {
    ctx.Cancel("test is over");
    // Until the client hangs up.
    char c = 0;
    while (recv(fd, &c, 1, 0) > 0) {
    }
  });
  const auto answer = Client(ClientOptions{}).Do(ctx, {.url = server.Url("/")});
  CHECK(answer.status().code() == StatusCode::kCancelled);
}

TEST_CASE("a deadline ends a call") {
  RawServer server([&](int fd, const std::string&) {
    char c = 0;
    while (recv(fd, &c, 1, 0) > 0) {
    }
  });
  const auto answer = Client(ClientOptions{}).Do(Context::Background().WithTimeout(std::chrono::milliseconds(50)), {.url = server.Url("/")});
  CHECK(answer.status().code() == StatusCode::kDeadlineExceeded);
}

TEST_CASE("nobody listening is Unavailable and names the URL without its password") {
  const auto answer = Client(ClientOptions{}).Do(Context::Background(), {.url = "http://user:secret@127.0.0.1:1/x"});
  CHECK(answer.status().code() == StatusCode::kUnavailable);
  CHECK(answer.status().message().find("http://xxxxx@127.0.0.1:1/x") != std::string_view::npos);
  CHECK(answer.status().message().find("secret") == std::string_view::npos);
}

TEST_CASE("other schemes than http are refused") {
  CHECK(Client(ClientOptions{}).Do(Context::Background(), {.url = "file:///etc/passwd"}).status().code() == StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace epi::http
