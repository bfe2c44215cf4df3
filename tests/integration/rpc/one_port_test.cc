// One port of the HTTP server for HTTP/1.1, HTTP/2 and gRPC.
#include "tests/integration/rpc/grpcpp.h"

#include "common/base/str_cat.h"
#include "common/http/client.h"
#include "common/http/server.h"
#include "common/rpc/server.h"
#include "tests/integration/rpc/our_echo.h"
#include "tests/support/catch.h"

namespace epi::rpc::test {
namespace {

TEST_CASE("one port serves HTTP and gRPC, and its gRPC server may end first") {
  runtime::Loop loop;
  auto grpc_server = std::make_unique<Server>(&loop, ServerOptions{});
  RegisterEcho(grpc_server.get());
  http::Router router{{}};
  http::Route route;
  route.method = "GET";
  route.path = "/hello";
  route.name = "hello";
  route.inline_handler = [](const http::Request&) { return http::TextResponse(200, "hello"); };
  router.Add(route);
  http::ServerOptions options;
  options.address = "127.0.0.1:0";
  options.grpc_hook = grpc_server->Hook();
  auto http_server = http::Server::Start(&loop, std::move(options), &router);
  REQUIRE(http_server.ok());
  const std::string address = (*http_server)->address();

  const http::Client client{{}};
  const auto answer = client.Do(Context::Background(), {.url = StrCat("http://", address, "/hello")});
  REQUIRE(answer.ok());
  CHECK(answer->body == "hello\n");

  const auto stub = epi::test::Echo::NewStub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  const auto call = [&] {
    grpc::ClientContext context;
    epi::test::EchoRequest request;
    epi::test::EchoReply reply;
    request.set_payload("ping");
    const grpc::Status status = stub->Unary(&context, request, &reply);
    return StrCat(static_cast<int>(status.error_code()), " ", status.error_message(), reply.payload());
  };
  CHECK(call() == "0 ping");
  grpc_server.reset();
  CHECK(call() == "14 server is shutting down");
  CHECK(client.Do(Context::Background(), {.url = StrCat("http://", address, "/hello")}).ok());
}

}  // namespace
}  // namespace epi::rpc::test
