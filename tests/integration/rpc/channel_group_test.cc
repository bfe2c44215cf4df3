// Several of our servers called as one.
#include "common/rpc/channel_group.h"

#include <map>

#include "common/base/str_cat.h"
#include "common/rpc/server.h"
#include "tests/support/catch.h"

namespace epi::rpc::test {
namespace {

constexpr std::string_view kWho = "/test.Group/Who";

// A server that answers with its name.
struct Named {
  Named(runtime::Loop* loop, const std::string& name) : server(loop, {}) {
    server.RegisterUnary(std::string(kWho), [name](const Context&, ServerStream&, std::string) -> Result<std::string> { return name; });
    REQUIRE(server.Listen({.address = "127.0.0.1:0"}).ok());
  }
  std::string address() const { return StrCat("127.0.0.1:", server.port()); }
  Server server;
};

struct Fixture {
  std::string Who() {
    const auto answer = group.Call(Context::Background().WithTimeout(std::chrono::seconds(30)), kWho, "");
    return answer.ok() ? *answer : answer.status().ToString();
  }
  // How often each answered.
  std::map<std::string, int> Count(int calls) {
    std::map<std::string, int> count;
    for (int i = 0; i < calls; ++i) ++count[Who()];
    return count;
  }

  runtime::Loop loop;
  int made = 0;
  ChannelGroup group{&loop, "dns+stores:1", [this](const std::string& address) -> Result<std::shared_ptr<Channel>> {
                       if (address == "bad") return InvalidArgumentError("address \"bad\" is not host:port");
                       ++made;
                       const size_t colon = address.find(':');
                       return Channel::Make(&loop, {.host = address.substr(0, colon),
                                                    .port = static_cast<uint16_t>(std::atoi(address.c_str() + colon + 1)),
                                                    .name = address});
                     }};
};

TEST_CASE("calls go to the members of a group in turn") {
  Fixture fixture;
  Named a(&fixture.loop, "a");
  Named b(&fixture.loop, "b");
  REQUIRE(fixture.group.SetMembers({a.address(), b.address()}).ok());
  CHECK(fixture.group.name() == "dns+stores:1");
  // Until both are connected, the one that is comes first.
  fixture.Count(4);
  fixture.group.Connect();
  std::map<std::string, int> count;
  do {
    count = fixture.Count(10);
  } while (count.size() < 2);
  count = fixture.Count(10);
  CHECK(count == std::map<std::string, int>{{"a", 5}, {"b", 5}});
  CHECK(fixture.group.state() == ChannelState::kReady);
  CHECK(fixture.group.last_error().ok());
}

TEST_CASE("a member that is down is passed over, and its error is told when all are down") {
  Fixture fixture;
  Named a(&fixture.loop, "a");
  REQUIRE(fixture.group.SetMembers({a.address(), "127.0.0.1:1"}).ok());
  // The dead member may be met until it is known to be dead.
  while (fixture.Who() != "a") {
  }
  fixture.Count(2);
  CHECK(fixture.Count(10) == std::map<std::string, int>{{"a", 10}});
  REQUIRE(fixture.group.SetMembers({"127.0.0.1:1"}).ok());
  CHECK_THAT(fixture.Who(), Catch::Contains("127.0.0.1:1: ") && Catch::Contains("refused"));
  CHECK(fixture.group.state() == ChannelState::kFailed);
  CHECK_FALSE(fixture.group.last_error().ok());
}

TEST_CASE("members that stay keep their channels, bad addresses are told, and a group may be empty") {
  Fixture fixture;
  Named a(&fixture.loop, "a");
  Named b(&fixture.loop, "b");
  CHECK(fixture.Who() == "Unavailable: dns+stores:1: the group has no addresses");
  const Context ctx = Context::Background();
  CHECK(fixture.group.Open(ctx, kWho)->Read(ctx).status().ToString() == "Unavailable: dns+stores:1: the group has no addresses");
  REQUIRE(fixture.group.SetMembers({a.address()}).ok());
  CHECK(fixture.Who() == "a");
  CHECK(fixture.group.SetMembers({a.address(), "bad"}).message() == "dns+stores:1: address \"bad\" is not host:port");
  CHECK(fixture.Who() == "a");
  CHECK(fixture.made == 1);
  REQUIRE(fixture.group.SetMembers({b.address()}).ok());
  CHECK(fixture.Who() == "b");
  const auto stream = fixture.group.Open(ctx, kWho, CallType::kUnary);
  REQUIRE(stream->Write(ctx, "").ok());
  stream->CloseSend();
  CHECK(stream->Read(ctx).value() == "b");
}

}  // namespace
}  // namespace epi::rpc::test
