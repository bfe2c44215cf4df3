// Server reflection of a program, asked for by libgrpc++.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/descriptor_database.h>

#include "common/process/process.h"
#include "common/rpc/proto_fields.h"
#include "tests/integration/process/generic_call.h"
#include "tests/support/catch.h"

namespace epi::process::test {
namespace {

using rpc::AppendProtoBytes;
using rpc::ProtoFields;

// Fields of ServerReflectionRequest and ServerReflectionResponse.
constexpr uint32_t kFileOfSymbol = 4;
constexpr uint32_t kListServices = 7;
constexpr uint64_t kFileAnswer = 4;
constexpr uint64_t kServicesAnswer = 6;

// A program that serves two of our services.
struct Program {
  Program() {
    for (const char* method : {"/thanos.Store/Series", "/thanos.info.Info/Info"}) {
      server.RegisterUnary(method, [](const Context&, rpc::ServerStream&, std::string request) { return request; });
    }
    GrpcServerFlags flags;
    flags.address = "127.0.0.1:0";
    REQUIRE(process.ServeGrpc(flags, &server).ok());
  }
  ~Program() { server.Shutdown(std::chrono::seconds(10)); }

  // The answer's field of that number.
  std::string Ask(const std::string& version, uint32_t field, const std::string& text, uint64_t answer_field) const {
    std::string request;
    AppendProtoBytes(field, text, &request);
    const GenericAnswer answer =
        CallGeneric(server.port(), "/grpc.reflection." + version + ".ServerReflection/ServerReflectionInfo", request);
    CHECK(answer.message.empty());
    REQUIRE(answer.code == 0);
    REQUIRE(answer.responses.size() == 1);
    std::string found = "(no such answer)";
    for (ProtoFields fields(answer.responses[0]); fields.Next();) {
      if (fields.number() == answer_field) found = fields.bytes();
    }
    return found;
  }

  Process process{"query", log::Logger::Discard()};
  rpc::Server server{process.loop(), {}};
};

std::vector<std::string> Services(const Program& program, const std::string& version) {
  const std::string list = program.Ask(version, kListServices, "", kServicesAnswer);
  std::vector<std::string> names;
  for (ProtoFields service(list); service.Next();) {
    for (ProtoFields name(service.bytes()); name.Next();) names.emplace_back(name.bytes());
  }
  return names;
}

TEST_CASE("a program lists its services to both versions of the reflection protocol") {
  const Program program;
  const std::vector<std::string> expected = {"grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection",
                                             "grpc.reflection.v1alpha.ServerReflection", "thanos.Store", "thanos.info.Info"};
  CHECK(Services(program, "v1") == expected);
  CHECK(Services(program, "v1alpha") == expected);
}

TEST_CASE("a program describes its services with all they need, imports included") {
  const Program program;
  for (const std::string version : {"v1", "v1alpha"}) {
    google::protobuf::SimpleDescriptorDatabase files;
    for (const std::string& service : Services(program, version)) {
      const std::string answer = program.Ask(version, kFileOfSymbol, service, kFileAnswer);
      for (ProtoFields fields(answer); fields.Next();) {
        google::protobuf::FileDescriptorProto file;
        google::protobuf::FileDescriptorProto known;
        REQUIRE(file.ParseFromString(std::string(fields.bytes())));
        if (!files.FindFileByName(file.name(), &known)) REQUIRE(files.Add(file));
      }
    }
    google::protobuf::DescriptorPool pool(&files);
    const auto* store = pool.FindServiceByName("thanos.Store");
    REQUIRE(store != nullptr);
    CHECK(store->FindMethodByName("Series")->server_streaming());
    CHECK(store->FindMethodByName("Series")->input_type()->FindFieldByName("matchers") != nullptr);
    REQUIRE(pool.FindServiceByName("thanos.info.Info") != nullptr);
    CHECK(pool.FindServiceByName("grpc.health.v1.Health") != nullptr);
  }
}

TEST_CASE("a program says that it does not know a symbol") {
  const Program program;
  CHECK_THAT(program.Ask("v1", kFileOfSymbol, "no.such.Thing", 7), Catch::Contains("not found: no.such.Thing"));
}

}  // namespace
}  // namespace epi::process::test
