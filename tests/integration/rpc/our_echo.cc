#include "tests/integration/rpc/our_echo.h"

#include "common/base/str_cat.h"
#include "tests/support/catch.h"
#include "tests/support/proto/echo.pb.h"

namespace epi::rpc::test {
namespace {

using epi::test::EchoReply;
using epi::test::EchoRequest;

Result<EchoRequest> Parse(const std::string& bytes) {
  EchoRequest request;
  if (!request.ParseFromString(bytes)) return InvalidArgumentError("not an EchoRequest");
  return request;
}

Metadata WithPrefix(const Metadata& metadata, std::string_view prefix) {
  Metadata out;
  for (const http::HeaderField& field : metadata) {
    if (field.name.starts_with(prefix)) out.push_back(field);
  }
  return out;
}

void EchoMetadata(ServerStream& call) {
  call.SetHeaders(WithPrefix(call.metadata(), "echo-"));
  call.SetTrailers(WithPrefix(call.metadata(), "trail-"));
}

Status Hang(const Context& ctx, ServerStream& call) {
  while (true) TRY(call.Read(ctx));
}

// The status a request asks for.
Status Outcome(const EchoRequest& request) {
  if (request.fail_code() == 0) return OkStatus();
  return {static_cast<StatusCode>(request.fail_code()), request.fail_message()};
}

Status Reply(const Context& ctx, ServerStream& call, const EchoRequest& request) {
  EchoReply reply;
  reply.set_payload(request.reply_bytes() == 0 ? request.payload() : std::string(static_cast<size_t>(request.reply_bytes()), 'r'));
  return call.Write(ctx, reply.SerializeAsString());
}

Result<std::string> Unary(const Context& ctx, ServerStream& call, const std::string& bytes) {
  const EchoRequest request = TRY(Parse(bytes));
  EchoMetadata(call);
  while (request.hang()) {
    RETURN_IF_ERROR(ctx.Check());
  }
  if (request.payload() == "throw") throw std::runtime_error("thrown by the handler");
  RETURN_IF_ERROR(Outcome(request));
  EchoReply reply;
  reply.set_payload(request.reply_bytes() == 0 ? request.payload() : std::string(static_cast<size_t>(request.reply_bytes()), 'r'));
  return reply.SerializeAsString();
}

Status ServerStreaming(const Context& ctx, ServerStream& call) {
  const std::optional<std::string> bytes = TRY(call.Read(ctx));
  const EchoRequest request = TRY(Parse(bytes.value_or("")));
  EchoMetadata(call);
  for (int64_t i = 0; i < request.replies(); ++i) RETURN_IF_ERROR(Reply(ctx, call, request));
  if (request.hang()) {
    while (true) RETURN_IF_ERROR(ctx.Check());
  }
  return Outcome(request);
}

Status ClientStreaming(const Context& ctx, ServerStream& call) {
  EchoReply reply;
  EchoMetadata(call);
  while (const std::optional<std::string> bytes = TRY(call.Read(ctx))) {
    const EchoRequest request = TRY(Parse(*bytes));
    RETURN_IF_ERROR(Outcome(request));
    reply.set_requests(reply.requests() + 1);
    reply.set_request_bytes(reply.request_bytes() + static_cast<int64_t>(request.payload().size()));
  }
  return call.Write(ctx, reply.SerializeAsString());
}

Status Bidi(const Context& ctx, ServerStream& call) {
  EchoMetadata(call);
  while (const std::optional<std::string> bytes = TRY(call.Read(ctx))) {
    const EchoRequest request = TRY(Parse(*bytes));
    RETURN_IF_ERROR(Outcome(request));
    if (request.hang()) return Hang(ctx, call);
    RETURN_IF_ERROR(Reply(ctx, call, request));
  }
  return OkStatus();
}

}  // namespace

void RegisterEcho(Server* server) {
  server->RegisterUnary("/epi.test.Echo/Unary", Unary);
  server->RegisterStream("/epi.test.Echo/ServerStream", CallType::kServerStream, ServerStreaming);
  server->RegisterStream("/epi.test.Echo/ClientStream", CallType::kClientStream, ClientStreaming);
  server->RegisterStream("/epi.test.Echo/Bidi", CallType::kBidiStream, Bidi);
}

OurEcho::OurEcho(ServerOptions options, std::shared_ptr<http::TlsContext> tls) {
  options.registry = &registry;
  server = std::make_unique<Server>(&loop, options);
  RegisterEcho(server.get());
  const Status listening = server->Listen({.address = "127.0.0.1:0", .tls = std::move(tls)});
  INFO(listening.ToString());
  REQUIRE(listening.ok());
}

std::string OurEcho::address() const { return StrCat("127.0.0.1:", server->port()); }

}  // namespace epi::rpc::test
