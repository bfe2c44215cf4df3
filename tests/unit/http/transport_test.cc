#include "common/http/transport.h"

#include <future>
#include <set>

#include "common/base/mutex.h"
#include "common/base/str_cat.h"
#include "common/http/address.h"
#include "common/http/tls_context.h"
#include "tests/support/catch.h"
#include "tests/unit/http/test_certificates.h"

namespace epi::http {
namespace {

using std::chrono::milliseconds;

// A server that sends every byte back, and ends its connections with the test.
class EchoServer {
 public:
  explicit EchoServer(runtime::Loop* loop, std::shared_ptr<TlsContext> tls = nullptr, size_t connections_max = 16) : loop_(loop) {
    ListenOptions options;
    options.address = "127.0.0.1:0";
    options.tls = std::move(tls);
    options.connections_max = connections_max;
    options.tls_handshake_timeout = milliseconds(200);
    auto listener = Listener::Listen(loop, options, [this](auto transport) { peers_.insert(new Peer(this, transport)); });
    REQUIRE(listener.ok());
    listener_ = std::move(*listener);
  }
  ~EchoServer() {
    loop_->RunSync([&] {
      listener_->Close();
      for (Peer* peer : peers_) {
        peer->transport->Close();
        delete peer;
      }
    });
  }
  uint16_t port() const { return listener_->port(); }
  Listener& listener() { return *listener_; }
  std::string subject;

 private:
  struct Peer : Transport::Handler {
    Peer(EchoServer* s, std::shared_ptr<Transport> t) : server(s), transport(std::move(t)) {
      server->subject = transport->peer_subject();
      transport->SetHandler(this);
    }
    void OnBytes(std::string_view bytes) override {
      transport->Write(std::string(bytes));
      if (transport->congested()) transport->PauseReading();
    }
    void OnDrained() override { transport->ResumeReading(); }
    void OnClosed(const Status&) override {
      server->peers_.erase(this);
      delete this;
    }
    EchoServer* const server;
    const std::shared_ptr<Transport> transport;
  };
  runtime::Loop* const loop_;
  std::unique_ptr<Listener> listener_;
  std::set<Peer*> peers_;
};

// A client that collects what comes back.
class Client : public Transport::Handler {
 public:
  Client(runtime::Loop* loop, DialOptions options) : loop_(loop) {
    std::promise<Status> connected;
    loop->RunSync([&] {
      dialing_ = Dial(loop, options, [&](auto transport) {
        if (transport.ok()) {
          transport_ = std::move(*transport);
          transport_->SetHandler(this);
        }
        connected.set_value(transport.ok() ? OkStatus() : transport.status());
      });
    });
    status = connected.get_future().get();
    // The callback has left set_value() once the loop runs something else.
    loop->RunSync([] {});
  }
  ~Client() override {
    loop_->RunSync([&] {
      dialing_.reset();
      if (transport_ != nullptr) transport_->Close();
    });
  }
  void Send(std::string bytes) {
    loop_->Post([this, bytes = std::move(bytes)] { transport_->Write(bytes); });
  }
  std::string Receive(size_t bytes) {
    MutexLock lock(&mutex_);
    while (received_.size() < bytes && !closed_) changed_.Wait(&mutex_);
    return received_;
  }
  Status WaitClosed() {
    MutexLock lock(&mutex_);
    while (!closed_) changed_.Wait(&mutex_);
    return why_;
  }
  Transport* transport() { return transport_.get(); }
  Status status;

 private:
  void OnBytes(std::string_view bytes) override {
    MutexLock lock(&mutex_);
    received_ += bytes;
    changed_.NotifyAll();
  }
  void OnClosed(const Status& why) override {
    MutexLock lock(&mutex_);
    closed_ = true;
    why_ = why;
    changed_.NotifyAll();
  }
  runtime::Loop* const loop_;
  std::unique_ptr<Dialing> dialing_;
  std::shared_ptr<Transport> transport_;
  Mutex mutex_;
  CondVar changed_;
  std::string received_;
  bool closed_ = false;
  Status why_;
};

DialOptions To(uint16_t port, std::shared_ptr<TlsContext> tls = nullptr) {
  DialOptions options;
  options.host = "127.0.0.1";
  options.port = port;
  options.tls = std::move(tls);
  return options;
}

std::shared_ptr<TlsContext> ServerTls(const TestCertificates& certs, ClientAuth auth = ClientAuth::kNone) {
  TlsOptions options;
  options.certificate_file = certs.server_cert();
  options.key_file = certs.server_key();
  options.ca_file = certs.ca();
  options.client_auth = auth;
  auto context = TlsContext::Make(options);
  REQUIRE(context.ok());
  return std::move(*context);
}

std::shared_ptr<TlsContext> ClientTls(const TestCertificates& certs, bool with_certificate) {
  TlsOptions options;
  options.role = TlsRole::kClient;
  options.ca_file = certs.ca();
  if (with_certificate) {
    options.certificate_file = certs.client_cert();
    options.key_file = certs.client_key();
  }
  auto context = TlsContext::Make(options);
  REQUIRE(context.ok());
  return std::move(*context);
}

}  // namespace

TEST_CASE("addresses are split, joined and refused") {
  CHECK(SplitHostPort("127.0.0.1:80").value().host == "127.0.0.1");
  CHECK(SplitHostPort("[::1]:80").value().host == "::1");
  CHECK(SplitHostPort(":10902").value().port == 10902);
  CHECK(JoinHostPort("::1", 80) == "[::1]:80");
  for (const char* bad : {"", "host", "host:", "::1:80", "[::1:80", "host:65536", "host:-1", "host:8x"}) {
    INFO(bad);
    CHECK(SplitHostPort(bad).status().code() == StatusCode::kInvalidArgument);
  }
}

TEST_CASE("a transport carries megabytes both ways against a slow reader") {
  runtime::Loop loop;
  EchoServer server(&loop);
  Client client(&loop, To(server.port()));
  REQUIRE(client.status.ok());
  std::string bytes(size_t{8} << 20, 'x');
  for (size_t i = 0; i < bytes.size(); i += 97) bytes[i] = static_cast<char>(i);
  client.Send(bytes);
  CHECK(client.Receive(bytes.size()) == bytes);
}

TEST_CASE("a transport speaks TLS, agrees on h2 and names the verified client") {
  runtime::Loop loop;
  TestCertificates certs;
  EchoServer server(&loop, ServerTls(certs, ClientAuth::kRequireAndVerify));
  Client client(&loop, To(server.port(), ClientTls(certs, true)));
  REQUIRE(client.status.ToString() == "OK");
  std::string bytes(size_t{3} << 20, 'y');
  client.Send(bytes);
  CHECK(client.Receive(bytes.size()) == bytes);
  loop.RunSync([&] {
    CHECK(client.transport()->alpn() == "h2");
    CHECK(server.subject == "CN=agent-1");
  });
}

TEST_CASE("a client without certificate is turned away by a server that demands one") {
  runtime::Loop loop;
  TestCertificates certs;
  EchoServer server(&loop, ServerTls(certs, ClientAuth::kRequireAndVerify));
  Client client(&loop, To(server.port(), ClientTls(certs, false)));
  // In TLS 1.3 the client is done before the server refuses.
  if (client.status.ok()) {
    client.Send("hello");
    CHECK(client.WaitClosed().code() == StatusCode::kUnavailable);
  }
}

TEST_CASE("a client refuses a server whose certificate it cannot verify or that has another name") {
  runtime::Loop loop;
  TestCertificates certs;
  TestCertificates others;
  EchoServer server(&loop, ServerTls(certs));
  Client stranger(&loop, To(server.port(), ClientTls(others, false)));
  CHECK(stranger.status.ToString().find("certificate verify failed") != std::string::npos);
  DialOptions other_name = To(server.port(), ClientTls(certs, false));
  other_name.server_name = "example.org";
  Client wrong(&loop, other_name);
  CHECK(wrong.status.ToString().find("ostname mismatch") != std::string::npos);
}

TEST_CASE("a replaced certificate is used for new sessions without a restart") {
  runtime::Loop loop;
  TestCertificates certs;
  const auto tls = ServerTls(certs);
  EchoServer server(&loop, tls);
  const std::string show = StrCat("openssl s_client -connect 127.0.0.1:", server.port(),
                                  " -CAfile ", certs.ca(), " </dev/null 2>/dev/null | grep 'subject='");
  CHECK(RunCommand(show).find("localhost") != std::string::npos);
  certs.ReplaceServer("renewed");
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  std::string subject;
  while (subject.find("renewed") == std::string::npos && std::chrono::steady_clock::now() < give_up) {
    subject = RunCommand(show);
  }
  CHECK(subject.find("renewed") != std::string::npos);
  CHECK(tls->reload_error().empty());
}

TEST_CASE("TLS bytes on a plain port and plain bytes on a TLS port fail, and the port lives on") {
  runtime::Loop loop;
  TestCertificates certs;
  EchoServer secure(&loop, ServerTls(certs));
  Client plain(&loop, To(secure.port()));
  REQUIRE(plain.status.ok());
  plain.Send("GET / HTTP/1.1\r\n\r\n");
  CHECK_FALSE(plain.WaitClosed().ok());
  Client fine(&loop, To(secure.port(), ClientTls(certs, false)));
  CHECK(fine.status.ok());
}

TEST_CASE("a TLS handshake that never comes is ended by its deadline") {
  runtime::Loop loop;
  TestCertificates certs;
  EchoServer server(&loop, ServerTls(certs));
  Client silent(&loop, To(server.port()));
  CHECK(silent.WaitClosed().code() == StatusCode::kUnavailable);
}

TEST_CASE("an error names the address that is taken and the host that refuses") {
  runtime::Loop loop;
  uint16_t port = 0;
  {
    EchoServer server(&loop);
    port = server.port();
    ListenOptions options;
    options.address = StrCat("127.0.0.1:", port);
    CHECK(Listener::Listen(&loop, options, nullptr).status().ToString() ==
          StrCat("Unavailable: listen on 127.0.0.1:", port, ": address already in use"));
  }
  Client client(&loop, To(port));
  CHECK(client.status.ToString() == StrCat("Unavailable: dial 127.0.0.1:", port, ": connection refused"));
}

TEST_CASE("connections above the bound are closed and counted") {
  runtime::Loop loop;
  EchoServer server(&loop, nullptr, 1);
  Client first(&loop, To(server.port()));
  first.Send("a");
  CHECK(first.Receive(1) == "a");
  Client second(&loop, To(server.port()));
  CHECK_FALSE(second.WaitClosed().ok());
  CHECK(server.listener().rejected() == 1);
  CHECK(server.listener().open_connections() >= 1);
}

TEST_CASE("a name is resolved and each of its addresses is tried") {
  runtime::Loop loop;
  EchoServer server(&loop);
  DialOptions options = To(server.port());
  options.host = "localhost";
  Client client(&loop, options);
  REQUIRE(client.status.ToString() == "OK");
  client.Send("ping");
  CHECK(client.Receive(4) == "ping");
}

TEST_CASE("certificates and keys may be given as text, and clients be limited to names") {
  runtime::Loop loop;
  TestCertificates certs;
  const auto read = [](const std::string& file) { return RunCommand(StrCat("cat ", file)); };
  TlsOptions options;
  options.certificate_pem = read(certs.server_cert());
  options.key_pem = read(certs.server_key());
  options.ca_pem = read(certs.ca());
  options.client_auth = ClientAuth::kRequireAndVerify;
  options.client_allowed_sans = {"other.example", "127.0.0.1"};
  EchoServer allowed(&loop, *TlsContext::Make(options));
  Client friendly(&loop, To(allowed.port(), ClientTls(certs, true)));
  friendly.Send("hello");
  CHECK(friendly.Receive(5) == "hello");
  options.client_allowed_sans = {"other.example", "spiffe://cluster/agent"};
  EchoServer strict(&loop, *TlsContext::Make(options));
  Client turned_away(&loop, To(strict.port(), ClientTls(certs, true)));
  if (turned_away.status.ok()) CHECK_FALSE(turned_away.WaitClosed().ok());
  options.key_pem = "nonsense";
  CHECK(TlsContext::Make(options).status().message().starts_with("key: "));
}

TEST_CASE("TLS settings that cannot work are refused at start with the file's name") {
  TestCertificates certs;
  TlsOptions options;
  CHECK(TlsContext::Make(options).status().message() == "TLS server needs a certificate");
  options.certificate_file = certs.server_cert();
  options.key_file = certs.client_key();
  CHECK(TlsContext::Make(options).status().message() == StrCat(certs.client_key(), ": key values mismatch"));
  options.key_file = certs.File("none.key");
  CHECK(TlsContext::Make(options).status().message() == StrCat(certs.File("none.key"), ": No such file or directory"));
  options.key_file = certs.server_key();
  options.ciphers = {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305"};
  options.curves = {"X25519", "CurveP256"};
  CHECK(TlsContext::Make(options).ok());
  options.ciphers = {"NO_SUCH"};
  CHECK(TlsContext::Make(options).status().code() == StatusCode::kInvalidArgument);
}

}  // namespace epi::http
