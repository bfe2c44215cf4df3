// TLS and mTLS against libgrpc++, and what a client says when the peer speaks something else.
#include "tests/integration/rpc/grpcpp_echo.h"

#include <fstream>
#include <sstream>

#include "common/base/str_cat.h"
#include "common/http/tls_context.h"
#include "common/rpc/channel.h"
#include "tests/integration/rpc/our_echo.h"
#include "tests/support/catch.h"
#include "tests/unit/http/test_certificates.h"

namespace epi::rpc::test {
namespace {

using epi::test::Echo;
using epi::test::EchoReply;
using epi::test::EchoRequest;

std::string ReadFile(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::shared_ptr<http::TlsContext> ServerTls(const http::TestCertificates& files, bool mutual) {
  http::TlsOptions options{.certificate_file = files.server_cert(), .key_file = files.server_key()};
  if (mutual) {
    options.ca_file = files.ca();
    options.client_auth = http::ClientAuth::kRequireAndVerify;
  }
  options.alpn = {"h2"};
  auto tls = http::TlsContext::Make(options);
  REQUIRE(tls.ok());
  return std::move(tls).value();
}

std::shared_ptr<http::TlsContext> ClientTls(const http::TestCertificates& files, bool mutual) {
  http::TlsOptions options{.role = http::TlsRole::kClient, .ca_file = files.ca()};
  if (mutual) {
    options.certificate_file = files.client_cert();
    options.key_file = files.client_key();
  }
  options.alpn = {"h2"};
  auto tls = http::TlsContext::Make(options);
  REQUIRE(tls.ok());
  return std::move(tls).value();
}

Result<std::string> CallOnce(uint16_t port, std::shared_ptr<http::TlsContext> tls) {
  runtime::Loop loop;
  const auto channel = Channel::Make(&loop, {.host = "127.0.0.1", .port = port, .tls = std::move(tls), .name = "peer"});
  EchoRequest request;
  request.set_payload("secret");
  const Context ctx = Context::Background().WithTimeout(std::chrono::seconds(30));
  return channel->Call(ctx, "/epi.test.Echo/Unary", request.SerializeAsString());
}

TEST_CASE("our server serves libgrpc++ over TLS and mTLS") {
  const http::TestCertificates files;
  for (const bool mutual : {false, true}) {
    OurEcho echo({}, ServerTls(files, mutual));
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = ReadFile(files.ca());
    if (mutual) {
      options.pem_cert_chain = ReadFile(files.client_cert());
      options.pem_private_key = ReadFile(files.client_key());
    }
    const auto stub = Echo::NewStub(grpc::CreateChannel(echo.address(), grpc::SslCredentials(options)));
    grpc::ClientContext context;
    EchoRequest request;
    request.set_payload(std::string(3'000'000, 's'));
    EchoReply reply;
    const grpc::Status status = stub->Unary(&context, request, &reply);
    CHECK(status.error_message().empty());
    CHECK((reply.payload() == request.payload()));
  }
}

TEST_CASE("our server with mTLS turns a client without certificate away") {
  const http::TestCertificates files;
  OurEcho echo({}, ServerTls(files, true));
  CHECK(CallOnce(echo.server->port(), ClientTls(files, false)).status().code() == StatusCode::kUnavailable);
  CHECK(CallOnce(echo.server->port(), ClientTls(files, true)).ok());
}

TEST_CASE("our client calls libgrpc++ over TLS and mTLS") {
  const http::TestCertificates files;
  for (const bool mutual : {false, true}) {
    grpc::SslServerCredentialsOptions options(mutual ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                                                     : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
    options.pem_root_certs = ReadFile(files.ca());
    options.pem_key_cert_pairs.push_back({ReadFile(files.server_key()), ReadFile(files.server_cert())});
    GrpcppEcho echo(grpc::SslServerCredentials(options));
    const Result<std::string> reply = CallOnce(echo.port(), ClientTls(files, mutual));
    INFO(reply.status().ToString());
    CHECK(reply.ok());
  }
}

TEST_CASE("our client names a peer that expects TLS, and one that does not have it") {
  const http::TestCertificates files;
  OurEcho with_tls({}, ServerTls(files, false));
  const Status plain = CallOnce(with_tls.server->port(), nullptr).status();
  CHECK(plain.code() == StatusCode::kUnavailable);
  CHECK_THAT(plain.ToString(), Catch::StartsWith("Unavailable: peer: peer ") && Catch::Contains("expect"));
  OurEcho without;
  const Status tls = CallOnce(without.server->port(), ClientTls(files, false)).status();
  CHECK(tls.code() == StatusCode::kUnavailable);
  CHECK_THAT(tls.ToString(), Catch::StartsWith("Unavailable: peer: "));
}

TEST_CASE("our client names a peer that speaks HTTP/1.1") {
  runtime::Loop loop;
  struct Http1 final : http::Transport::Handler {
    void OnBytes(std::string_view /*bytes*/) override {
      transport->Write("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
      transport->CloseAfterFlush();
    }
    void OnClosed(const Status& /*why*/) override {}
    std::shared_ptr<http::Transport> transport;
  } http1;
  auto listener = http::Listener::Listen(&loop, {.address = "127.0.0.1:0"}, [&](std::shared_ptr<http::Transport> transport) {
    http1.transport = transport;
    transport->SetHandler(&http1);
  });
  REQUIRE(listener.ok());
  CHECK(CallOnce(listener.value()->port(), nullptr).status().ToString() ==
        "Unavailable: peer: peer speaks HTTP/1.x, not HTTP/2");
  loop.RunSync([&] {
    listener.value().reset();
    http1.transport.reset();
  });
}

}  // namespace
}  // namespace epi::rpc::test
