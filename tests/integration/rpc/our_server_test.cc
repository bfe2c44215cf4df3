// libgrpc++'s client against our server.
#include "tests/integration/rpc/grpcpp.h"

#include <thread>

#include "common/base/str_cat.h"
#include "tests/integration/rpc/our_echo.h"
#include "tests/support/catch.h"

namespace epi::rpc::test {
namespace {

using epi::test::Echo;
using epi::test::EchoReply;
using epi::test::EchoRequest;

std::unique_ptr<Echo::Stub> Stub(const OurEcho& echo, grpc::ChannelArguments arguments = {}) {
  arguments.SetMaxReceiveMessageSize(-1);
  return Echo::NewStub(grpc::CreateCustomChannel(echo.address(), grpc::InsecureChannelCredentials(), arguments));
}

std::string Text(const grpc::Status& status) { return StrCat(static_cast<int>(status.error_code()), " ", status.error_message()); }

TEST_CASE("our server answers a unary call of libgrpc++ with its metadata") {
  OurEcho echo;
  const auto stub = Stub(echo);
  grpc::ClientContext context;
  context.AddMetadata("echo-text", "hello");
  context.AddMetadata("echo-raw-bin", std::string("\0\xff\x01", 3));
  context.AddMetadata("trail-text", "bye");
  EchoRequest request;
  request.set_payload("ping");
  EchoReply reply;
  const grpc::Status status = stub->Unary(&context, request, &reply);
  CHECK(Text(status) == "0 ");
  CHECK(reply.payload() == "ping");
  const auto& headers = context.GetServerInitialMetadata();
  REQUIRE(headers.count("echo-text") == 1);
  CHECK(headers.find("echo-text")->second == "hello");
  REQUIRE(headers.count("echo-raw-bin") == 1);
  CHECK(headers.find("echo-raw-bin")->second == grpc::string_ref("\0\xff\x01", 3));
  CHECK(context.GetServerTrailingMetadata().count("trail-text") == 1);
  const std::string metrics = echo.registry.Expose(metrics::ExpositionFormat::kText);
  CHECK_THAT(metrics, Catch::Contains(R"(grpc_server_handled_total{grpc_type="unary",grpc_service="epi.test.Echo",grpc_method="Unary",grpc_code="OK"} 1)"));
  CHECK_THAT(metrics, Catch::Contains(R"(grpc_server_started_total{grpc_type="unary",grpc_service="epi.test.Echo",grpc_method="Unary"} 1)"));
  CHECK_THAT(metrics, Catch::Contains(R"(grpc_server_msg_received_total{grpc_type="unary",grpc_service="epi.test.Echo",grpc_method="Unary"} 1)"));
}

TEST_CASE("our server sends every error code and a message of any characters") {
  OurEcho echo;
  const auto stub = Stub(echo);
  for (int code = 1; code <= 16; ++code) {
    grpc::ClientContext context;
    EchoRequest request;
    request.set_fail_code(code);
    request.set_fail_message("100 % größer\n→ \"x\"");
    EchoReply reply;
    CHECK(Text(stub->Unary(&context, request, &reply)) == StrCat(code, " 100 % größer\n→ \"x\""));
  }
}

TEST_CASE("our server says that it does not know a method, and that a handler threw") {
  OurEcho echo;
  grpc::ClientContext context;
  EchoReply reply;
  EchoRequest request;
  request.set_payload("throw");
  CHECK(Text(Stub(echo)->Unary(&context, request, &reply)) == "13 handler failed: thrown by the handler");
  CHECK_THAT(echo.registry.Expose(metrics::ExpositionFormat::kText), Catch::Contains("grpc_req_panics_recovered_total 1"));
  OurEcho empty;
  empty.server->Shutdown(std::chrono::milliseconds(0));
  runtime::Loop loop;
  Server bare(&loop, {});
  REQUIRE(bare.Listen({.address = "127.0.0.1:0"}).ok());
  auto stub = Echo::NewStub(grpc::CreateChannel(StrCat("127.0.0.1:", bare.port()), grpc::InsecureChannelCredentials()));
  grpc::ClientContext unknown;
  CHECK(Text(stub->Unary(&unknown, request, &reply)) == "12 unknown method /epi.test.Echo/Unary");
}

TEST_CASE("our server streams to libgrpc++, with an error at the end or without") {
  OurEcho echo;
  const auto stub = Stub(echo);
  for (const int code : {0, 10}) {
    grpc::ClientContext context;
    EchoRequest request;
    request.set_payload("chunk");
    request.set_replies(10'000);
    request.set_fail_code(code);
    request.set_fail_message(code == 0 ? "" : "aborted on purpose");
    const auto reader = stub->ServerStream(&context, request);
    EchoReply reply;
    int replies = 0;
    while (reader->Read(&reply)) replies += reply.payload() == "chunk" ? 1 : 0;
    CHECK(Text(reader->Finish()) == (code == 0 ? "0 " : "10 aborted on purpose"));
    CHECK(replies == 10'000);
  }
}

TEST_CASE("our server takes a stream of requests from libgrpc++") {
  OurEcho echo;
  const auto stub = Stub(echo);
  grpc::ClientContext context;
  EchoReply reply;
  const auto writer = stub->ClientStream(&context, &reply);
  EchoRequest request;
  request.set_payload(std::string(10'000, 'p'));
  for (int i = 0; i < 1000; ++i) REQUIRE(writer->Write(request));
  writer->WritesDone();
  CHECK(Text(writer->Finish()) == "0 ");
  CHECK(reply.requests() == 1000);
  CHECK(reply.request_bytes() == 10'000'000);
}

TEST_CASE("our server ends a stream of requests early with an error") {
  OurEcho echo;
  const auto stub = Stub(echo);
  grpc::ClientContext context;
  EchoReply reply;
  const auto writer = stub->ClientStream(&context, &reply);
  EchoRequest request;
  request.set_payload(std::string(100'000, 'p'));
  request.set_fail_code(8);
  request.set_fail_message("enough");
  while (writer->Write(request)) {
  }
  CHECK(Text(writer->Finish()) == "8 enough");
}

TEST_CASE("our server talks with libgrpc++ in both directions at once") {
  OurEcho echo;
  const auto stub = Stub(echo);
  grpc::ClientContext context;
  const auto stream = stub->Bidi(&context);
  EchoRequest request;
  EchoReply reply;
  for (int i = 0; i < 200; ++i) {
    request.set_payload(StrCat("message ", i));
    REQUIRE(stream->Write(request));
    REQUIRE(stream->Read(&reply));
    REQUIRE(reply.payload() == request.payload());
  }
  stream->WritesDone();
  CHECK_FALSE(stream->Read(&reply));
  CHECK(Text(stream->Finish()) == "0 ");
}

TEST_CASE("our server stops a handler when libgrpc++'s deadline passes or it cancels") {
  OurEcho echo;
  const auto stub = Stub(echo);
  EchoRequest request;
  request.set_hang(true);
  EchoReply reply;
  grpc::ClientContext with_deadline;
  with_deadline.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(100));
  CHECK(stub->Unary(&with_deadline, request, &reply).error_code() == grpc::DEADLINE_EXCEEDED);
  grpc::ClientContext cancelled;
  const auto stream = stub->Bidi(&cancelled);
  request.set_hang(false);
  REQUIRE(stream->Write(request));
  REQUIRE(stream->Read(&reply));
  request.set_hang(true);
  REQUIRE(stream->Write(request));
  cancelled.TryCancel();
  CHECK(stream->Finish().error_code() == grpc::CANCELLED);
  // Both handlers must come back although they had nothing to read.
  echo.server->Shutdown(std::chrono::seconds(10));
  CHECK(echo.server->calls_in_flight() == 0);
}

TEST_CASE("our server sends and takes messages far larger than a window") {
  OurEcho echo;
  const auto stub = Stub(echo);
  grpc::ClientContext context;
  EchoRequest request;
  std::string payload(20'000'000, 'x');
  for (size_t i = 0; i < payload.size(); i += 1000) payload[i] = static_cast<char>(i / 1000);
  request.set_payload(payload);
  EchoReply reply;
  CHECK(Text(stub->Unary(&context, request, &reply)) == "0 ");
  CHECK((reply.payload() == payload));
}

TEST_CASE("our server refuses a message above its limit by name") {
  OurEcho echo({.message_bytes_max = 1000});
  const auto stub = Stub(echo);
  grpc::ClientContext context;
  EchoRequest request;
  request.set_payload(std::string(5000, 'x'));
  EchoReply reply;
  CHECK(Text(stub->Unary(&context, request, &reply)) == "8 received message of 5003 bytes, limit is 1000");
  grpc::ClientContext next;
  request.set_payload("small");
  CHECK(Text(stub->Unary(&next, request, &reply)) == "0 ");
}

TEST_CASE("our server reads and answers gzip, and limits what it expands to") {
  OurEcho echo({.message_bytes_max = 1'000'000});
  const auto stub = Stub(echo);
  for (const size_t bytes : {size_t{200}, size_t{900'000}, size_t{2'000'000}}) {
    grpc::ClientContext context;
    context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
    EchoRequest request;
    request.set_payload(std::string(bytes, 'z'));
    EchoReply reply;
    const grpc::Status status = stub->Unary(&context, request, &reply);
    if (bytes < 1'000'000) {
      CHECK(Text(status) == "0 ");
      CHECK((reply.payload() == request.payload()));
    } else {
      CHECK(Text(status) == "8 decompressed message exceeds the limit of 1000000 bytes");
    }
  }
}

TEST_CASE("our server finishes calls in flight on shutdown and refuses later ones") {
  OurEcho echo;
  const auto stub = Stub(echo);
  grpc::ClientContext context;
  const auto stream = stub->Bidi(&context);
  EchoRequest request;
  request.set_payload("a");
  EchoReply reply;
  REQUIRE(stream->Write(request));
  REQUIRE(stream->Read(&reply));
  std::thread shutdown([&] { echo.server->Shutdown(std::chrono::seconds(30)); });
  for (int i = 0; i < 20; ++i) {
    REQUIRE(stream->Write(request));
    REQUIRE(stream->Read(&reply));
  }
  stream->WritesDone();
  CHECK(Text(stream->Finish()) == "0 ");
  shutdown.join();
  grpc::ClientContext late;
  CHECK(stub->Unary(&late, request, &reply).error_code() == grpc::UNAVAILABLE);
}

}  // namespace
}  // namespace epi::rpc::test
