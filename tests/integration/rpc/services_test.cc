// Health and reflection, read through the descriptors that the server itself serves.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>

#include "common/rpc/channel.h"
#include "common/rpc/health.h"
#include "common/rpc/proto_fields.h"
#include "common/rpc/reflection.h"
#include "common/runtime/loop.h"
#include "tests/integration/rpc/our_echo.h"
#include "tests/support/catch.h"
#include "tests/support/proto/echo.pb.h"

namespace epi::rpc::test {
namespace {

struct Fixture {
  Fixture() {
    RegisterEcho(&server);
    health.Register(&server);
    google::protobuf::FileDescriptorProto file;
    epi::test::EchoRequest::descriptor()->file()->CopyTo(&file);
    REQUIRE(reflection.AddFile(file.SerializeAsString()).ok());
    reflection.Register(&server);
    REQUIRE(server.Listen({.address = "127.0.0.1:0"}).ok());
    channel = Channel::Make(&loop, {.host = "127.0.0.1", .port = server.port(), .name = "peer"});
  }
  // One request to reflection; the response's oneof field of that number.
  std::string Ask(const std::string& request, uint64_t field) {
    const auto stream = channel->Open(ctx, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", CallType::kBidiStream);
    REQUIRE(stream->Write(ctx, request).ok());
    const auto response = stream->Read(ctx);
    REQUIRE(response.ok());
    REQUIRE(response->has_value());
    stream->CloseSend();
    CHECK_FALSE(stream->Read(ctx).value().has_value());
    std::string found = "(no such answer)";
    ProtoFields fields(**response);
    while (fields.Next()) {
      if (fields.number() == field) found = fields.bytes();
    }
    CHECK(fields.ok());
    return found;
  }
  std::vector<std::string> Services() {
    std::string request;
    AppendProtoBytes(7, "", &request);
    const std::string answer = Ask(request, 6);
    std::vector<std::string> names;
    for (ProtoFields service(answer); service.Next();) {
      for (ProtoFields name(service.bytes()); name.Next();) names.emplace_back(name.bytes());
    }
    return names;
  }
  const Context ctx = Context::Background().WithTimeout(std::chrono::seconds(60));
  Health health;
  Reflection reflection;
  runtime::Loop loop;
  Server server{&loop, {}};
  std::shared_ptr<Channel> channel;
};

TEST_CASE("reflection lists the services and serves descriptors that build") {
  Fixture fixture;
  const std::vector<std::string> services = fixture.Services();
  CHECK(services == std::vector<std::string>{"epi.test.Echo", "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection",
                                             "grpc.reflection.v1alpha.ServerReflection"});
  google::protobuf::DescriptorPool pool;
  for (const std::string& service : services) {
    std::string request;
    AppendProtoBytes(4, service, &request);
    const std::string answer = fixture.Ask(request, 4);
    for (ProtoFields files(answer); files.Next();) {
      google::protobuf::FileDescriptorProto file;
      REQUIRE(file.ParseFromString(std::string(files.bytes())));
      CHECK(pool.BuildFile(file) != nullptr);
    }
    REQUIRE(pool.FindServiceByName(service) != nullptr);
  }
  CHECK(pool.FindServiceByName("grpc.health.v1.Health")->FindMethodByName("Watch")->server_streaming());
  CHECK(pool.FindServiceByName("epi.test.Echo")->method_count() == 4);
}

TEST_CASE("reflection finds files by name and symbols of every kind, and says what it does not know") {
  Fixture fixture;
  const auto knows = [&](uint32_t field, const std::string& name) {
    std::string request;
    AppendProtoBytes(field, name, &request);
    return fixture.Ask(request, 4) != "(no such answer)";
  };
  CHECK(knows(3, "tests/support/proto/echo.proto"));
  CHECK(knows(4, "epi.test.EchoRequest"));
  CHECK(knows(4, "epi.test.EchoRequest.payload"));
  CHECK(knows(4, "epi.test.Echo.Bidi"));
  CHECK(knows(4, "grpc.health.v1.HealthCheckResponse.ServingStatus"));
  std::string unknown;
  AppendProtoBytes(4, "no.such.Thing", &unknown);
  CHECK_THAT(fixture.Ask(unknown, 7), Catch::Contains("not found: no.such.Thing"));
}

TEST_CASE("health answers for the server and its services, and watches changes") {
  Fixture fixture;
  const auto check = [&](const std::string& service) {
    std::string request;
    AppendProtoBytes(1, service, &request);
    return fixture.channel->Call(fixture.ctx, "/grpc.health.v1.Health/Check", request);
  };
  CHECK(check("").value() == std::string("\x08\x02", 2));
  const auto watch = fixture.channel->Open(fixture.ctx, "/grpc.health.v1.Health/Watch");
  REQUIRE(watch->Write(fixture.ctx, "").ok());
  watch->CloseSend();
  CHECK(watch->Read(fixture.ctx).value() == std::string("\x08\x02", 2));
  fixture.health.SetAll(HealthStatus::kServing);
  CHECK(watch->Read(fixture.ctx).value() == std::string("\x08\x01", 2));
  CHECK(check("").value() == std::string("\x08\x01", 2));
  CHECK(check("thanos.Store").status().ToString() == "NotFound: peer: unknown service thanos.Store");
  fixture.health.Set("thanos.Store", HealthStatus::kServing);
  CHECK(check("thanos.Store").ok());
  watch->Cancel();
  CHECK_FALSE(watch->Read(fixture.ctx).ok());
  fixture.server.Shutdown(std::chrono::seconds(10));
}

}  // namespace
}  // namespace epi::rpc::test
