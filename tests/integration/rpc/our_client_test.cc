// Our client against libgrpc++'s server.
#include "tests/integration/rpc/grpcpp_echo.h"

#include <thread>

#include "common/base/str_cat.h"
#include "common/metrics/registry.h"
#include "common/rpc/channel.h"
#include "tests/support/catch.h"

namespace epi::rpc::test {
namespace {

using epi::test::EchoReply;
using epi::test::EchoRequest;

constexpr std::string_view kUnary = "/epi.test.Echo/Unary";
constexpr std::string_view kServerStream = "/epi.test.Echo/ServerStream";
constexpr std::string_view kClientStream = "/epi.test.Echo/ClientStream";
constexpr std::string_view kBidi = "/epi.test.Echo/Bidi";

struct Client {
  explicit Client(uint16_t port, ChannelOptions options = {}) {
    options.host = "127.0.0.1";
    options.port = port;
    options.name = "peer";
    options.metrics = &metrics;
    options.backoff_min = std::chrono::milliseconds(10);
    channel = Channel::Make(&loop, options);
  }
  Result<EchoReply> Call(const Context& ctx, const EchoRequest& request, const CallOptions& options = {}) const {
    EchoReply reply;
    if (!reply.ParseFromString(TRY(channel->Call(ctx, kUnary, request.SerializeAsString(), options)))) return DataLossError("reply");
    return reply;
  }
  metrics::Registry registry;
  CallMetrics metrics{&registry, CallSide::kClient};
  runtime::Loop loop;
  std::shared_ptr<Channel> channel;
};

EchoRequest Request(std::string payload) {
  EchoRequest request;
  request.set_payload(std::move(payload));
  return request;
}
Context Soon() { return Context::Background().WithTimeout(std::chrono::seconds(60)); }

TEST_CASE("our client calls libgrpc++ and counts it") {
  GrpcppEcho echo;
  Client client(echo.port());
  CHECK(client.channel->state() == ChannelState::kIdle);
  const Result<EchoReply> reply = client.Call(Soon(), Request("ping"));
  INFO(reply.status().ToString());
  REQUIRE(reply.ok());
  CHECK(reply->payload() == "ping");
  CHECK(client.channel->state() == ChannelState::kReady);
  const std::string metrics = client.registry.Expose(metrics::ExpositionFormat::kText);
  CHECK_THAT(metrics, Catch::Contains(R"(grpc_client_handled_total{grpc_type="unary",grpc_service="epi.test.Echo",grpc_method="Unary",grpc_code="OK"} 1)"));
  CHECK_THAT(metrics, Catch::Contains(R"(grpc_client_msg_sent_total{grpc_type="unary",grpc_service="epi.test.Echo",grpc_method="Unary"} 1)"));
}

TEST_CASE("our client passes codes and messages of libgrpc++ on, with the endpoint's name") {
  GrpcppEcho echo;
  Client client(echo.port());
  for (int code = 1; code <= 16; ++code) {
    EchoRequest request;
    request.set_fail_code(code);
    request.set_fail_message("100 % größer\n→");
    const Status status = client.Call(Soon(), request).status();
    CHECK(static_cast<int>(status.code()) == code);
    CHECK(status.message() == "peer: 100 % größer\n→");
  }
  const Status unknown = client.channel->Call(Soon(), "/epi.test.Echo/None", "").status();
  CHECK(unknown.code() == StatusCode::kUnimplemented);
}

TEST_CASE("our client exchanges metadata with libgrpc++, bytes too") {
  GrpcppEcho echo;
  Client client(echo.port());
  CallOptions options;
  const std::string bytes("\0\xff\n", 3);
  options.metadata = {{"echo-text", "hello"}, {"echo-raw-bin", bytes}, {"trail-text", "bye"}, {"Bad Key", "dropped"}};
  const auto stream = client.channel->Open(Soon(), kUnary, CallType::kUnary, options);
  REQUIRE(stream->Write(Soon(), Request("x").SerializeAsString()).ok());
  stream->CloseSend();
  REQUIRE(stream->Read(Soon()).ok());
  CHECK(http::FieldValue(stream->headers(), "echo-text") == "hello");
  CHECK(http::FieldValue(stream->headers(), "echo-raw-bin") == bytes);
  const auto end = stream->Read(Soon());
  REQUIRE(end.ok());
  CHECK_FALSE(end->has_value());
  CHECK(http::FieldValue(stream->trailers(), "trail-text") == "bye");
}

TEST_CASE("our client reads streams of libgrpc++, with an error at the end or without") {
  GrpcppEcho echo;
  Client client(echo.port());
  for (const int code : {0, 10}) {
    EchoRequest request = Request("chunk");
    request.set_replies(10'000);
    request.set_fail_code(code);
    request.set_fail_message(code == 0 ? "" : "aborted on purpose");
    const auto stream = client.channel->Open(Soon(), kServerStream);
    REQUIRE(stream->Write(Soon(), request.SerializeAsString()).ok());
    stream->CloseSend();
    int replies = 0;
    Status status;
    while (true) {
      const auto message = stream->Read(Soon());
      status = message.status();
      if (!message.ok() || !message->has_value()) break;
      EchoReply reply;
      REQUIRE(reply.ParseFromString(**message));
      replies += reply.payload() == "chunk" ? 1 : 0;
    }
    CHECK(replies == 10'000);
    CHECK(status.ToString() == (code == 0 ? "OK" : "Aborted: peer: aborted on purpose"));
  }
}

TEST_CASE("our client sends a stream to libgrpc++") {
  GrpcppEcho echo;
  Client client(echo.port());
  const auto stream = client.channel->Open(Soon(), kClientStream, CallType::kClientStream);
  for (int i = 0; i < 1000; ++i) REQUIRE(stream->Write(Soon(), Request(std::string(10'000, 'p')).SerializeAsString()).ok());
  stream->CloseSend();
  const auto message = stream->Read(Soon());
  REQUIRE(message.ok());
  REQUIRE(message->has_value());
  EchoReply reply;
  REQUIRE(reply.ParseFromString(**message));
  CHECK(reply.requests() == 1000);
  CHECK(reply.request_bytes() == 10'000'000);
  CHECK_FALSE(stream->Read(Soon()).value().has_value());
}

TEST_CASE("our client learns that libgrpc++ ended its stream early") {
  GrpcppEcho echo;
  Client client(echo.port());
  const auto stream = client.channel->Open(Soon(), kClientStream, CallType::kClientStream);
  EchoRequest request = Request(std::string(100'000, 'p'));
  request.set_fail_code(8);
  request.set_fail_message("enough");
  while (stream->Write(Soon(), request.SerializeAsString()).ok()) {
  }
  CHECK(stream->Read(Soon()).status().ToString() == "ResourceExhausted: peer: enough");
}

TEST_CASE("our client talks with libgrpc++ in both directions at once") {
  GrpcppEcho echo;
  Client client(echo.port());
  const auto stream = client.channel->Open(Soon(), kBidi, CallType::kBidiStream);
  for (int i = 0; i < 200; ++i) {
    const std::string payload = StrCat("message ", i);
    REQUIRE(stream->Write(Soon(), Request(payload).SerializeAsString()).ok());
    const auto message = stream->Read(Soon());
    REQUIRE(message.ok());
    EchoReply reply;
    REQUIRE(reply.ParseFromString(message->value()));
    REQUIRE(reply.payload() == payload);
  }
  stream->CloseSend();
  CHECK_FALSE(stream->Read(Soon()).value().has_value());
}

TEST_CASE("our client ends at its deadline or its cancel, and libgrpc++ hears of it") {
  GrpcppEcho echo;
  Client client(echo.port());
  EchoRequest request;
  request.set_hang(true);
  const Context ctx = Context::Background().WithTimeout(std::chrono::milliseconds(100));
  CHECK(client.Call(ctx, request).status().code() == StatusCode::kDeadlineExceeded);
  const Context cancelled = Context::Background().WithCancel();
  std::thread canceller([&] {
    while (client.channel->state() != ChannelState::kReady) std::this_thread::yield();
    cancelled.Cancel("changed my mind");
  });
  const Status status = client.Call(cancelled, request).status();
  canceller.join();
  CHECK(status.code() == StatusCode::kCancelled);
  {
    request.set_hang(true);
    const auto dropped = client.channel->Open(Soon(), kServerStream);
    request.set_replies(1);
    REQUIRE(dropped->Write(Soon(), request.SerializeAsString()).ok());
    REQUIRE(dropped->Read(Soon()).ok());
  }
  while (echo.cancelled() < 2) std::this_thread::yield();
  CHECK(client.Call(Soon(), Request("alive")).ok());
}

TEST_CASE("our client takes and sends messages far larger than a window") {
  GrpcppEcho echo;
  Client client(echo.port());
  std::string payload(20'000'000, 'x');
  for (size_t i = 0; i < payload.size(); i += 1000) payload[i] = static_cast<char>(i / 1000);
  const Result<EchoReply> reply = client.Call(Soon(), Request(payload));
  REQUIRE(reply.ok());
  CHECK((reply->payload() == payload));
}

TEST_CASE("our client refuses a message above its limit") {
  GrpcppEcho echo;
  Client client(echo.port(), {.message_bytes_max = 1000});
  EchoRequest request = Request("x");
  request.set_reply_bytes(5000);
  CHECK(client.Call(Soon(), request).status().ToString() ==
        "ResourceExhausted: peer: received message of 5003 bytes, limit is 1000");
  CHECK(client.Call(Soon(), Request("small")).ok());
}

TEST_CASE("our client speaks gzip with libgrpc++, and hears that it does not take snappy") {
  GrpcppEcho echo;
  Client client(echo.port(), {.codec = Codec::kGzip});
  const std::string payload(500'000, 'z');
  const Result<EchoReply> reply = client.Call(Soon(), Request(payload));
  INFO(reply.status().ToString());
  REQUIRE(reply.ok());
  CHECK((reply->payload() == payload));
  CHECK_FALSE(client.Call(Soon(), Request(payload), {.codec = Codec::kSnappy}).ok());
}

TEST_CASE("our client reconnects after libgrpc++ restarted") {
  auto echo = std::make_unique<GrpcppEcho>();
  const int port = echo->port();
  Client client(echo->port());
  REQUIRE(client.Call(Soon(), Request("a")).ok());
  echo.reset();
  while (client.channel->state() == ChannelState::kReady) std::this_thread::yield();
  const Status down = client.Call(Soon(), Request("b")).status();
  CHECK(down.code() == StatusCode::kUnavailable);
  CHECK_THAT(std::string(down.message()), Catch::StartsWith("peer: "));
  echo = std::make_unique<GrpcppEcho>(grpc::InsecureServerCredentials(), port);
  CHECK(client.Call(Soon(), Request("c"), {.wait_for_ready = true}).ok());
  CHECK(client.channel->state() == ChannelState::kReady);
}

TEST_CASE("our client says at once that nobody listens") {
  uint16_t port = 0;
  {
    GrpcppEcho gone;
    port = gone.port();
  }
  Client client(port);
  const Status status = client.Call(Soon(), Request("x")).status();
  CHECK(status.code() == StatusCode::kUnavailable);
  CHECK_THAT(std::string(status.message()), Catch::Contains("refused"));
  CHECK_FALSE(client.channel->last_error().ok());
}

}  // namespace
}  // namespace epi::rpc::test
