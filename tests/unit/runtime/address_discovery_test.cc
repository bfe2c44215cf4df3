#include "common/runtime/address_discovery.h"

#include "tests/support/catch.h"
#include "tests/unit/runtime/fake_dns_server.h"

namespace epi::runtime {
namespace {

using test::FakeDnsServer;
using Addresses = std::vector<std::string>;

struct Fixture {
  Addresses Resolve(const std::string& address) {
    const Addresses asked = {address};
    return discovery.Resolve(Context::Background(), asked).at(address);
  }
  std::string Metrics() const { return registry.Expose(metrics::ExpositionFormat::kText); }

  FakeDnsServer server;
  metrics::Registry registry;
  std::string log;
  AddressDiscovery discovery{{.dns = server.options(),
                              .logger = log::Logger::ToFunction({}, [this](std::string_view line) { log += line; }),
                              .registry = &registry,
                              .metric_prefixes = {"a_", "b_"}}};
};

TEST_CASE("every way of writing an address is resolved as it says") {
  Fixture fixture;
  fixture.server.SetAddresses("pods.example", {"10.0.0.1", "10.0.0.2", "fd00::1"});
  fixture.server.SetAddresses("a.example", {"10.0.1.1"});
  fixture.server.SetAddresses("b.example", {"10.0.1.2"});
  fixture.server.SetServices("_grpc._tcp.pods.example", {{"a.example", 1001}, {"b.example", 1002}});
  CHECK(fixture.Resolve("10.0.0.9:1") == Addresses{"10.0.0.9:1"});
  CHECK(fixture.Resolve("dns+pods.example:10901") == Addresses{"10.0.0.1:10901", "10.0.0.2:10901", "[fd00::1]:10901"});
  CHECK(fixture.Resolve("dnsdualstack+a.example:1") == Addresses{"10.0.1.1:1"});
  CHECK(fixture.Resolve("dnssrv+_grpc._tcp.pods.example") == Addresses{"10.0.1.1:1001", "10.0.1.2:1002"});
  CHECK(fixture.Resolve("dnssrv+_grpc._tcp.pods.example:99") == Addresses{"10.0.1.1:99", "10.0.1.2:99"});
  CHECK(fixture.Resolve("dnssrvnoa+_grpc._tcp.pods.example") == Addresses{"a.example:1001", "b.example:1002"});
}

TEST_CASE("a failed lookup leaves the last good answer, is logged once and counted every time") {
  Fixture fixture;
  fixture.server.SetAddresses("pods.example", {"10.0.0.1"});
  const std::string address = "dns+pods.example:1";
  CHECK(fixture.Resolve(address) == Addresses{"10.0.0.1:1"});
  fixture.server.SetBroken(true);
  CHECK(fixture.Resolve(address) == Addresses{"10.0.0.1:1"});
  CHECK(fixture.Resolve(address) == Addresses{"10.0.0.1:1"});
  const size_t first = fixture.log.find("DNS resolution failed");
  CHECK(first != std::string::npos);
  CHECK(fixture.log.find("DNS resolution failed", first + 1) == std::string::npos);
  for (const char* line : {"a_dns_lookups_total 3", "a_dns_failures_total 2", "b_dns_failures_total 2",
                           "a_dns_provider_results{addr=\"dns+pods.example:1\"} 1"}) {
    CHECK_THAT(fixture.Metrics(), Catch::Contains(line));
  }
  fixture.server.SetBroken(false);
  fixture.server.SetAddresses("pods.example", {"10.0.0.2"});
  CHECK(fixture.Resolve(address) == Addresses{"10.0.0.2:1"});
  CHECK_THAT(fixture.log, Catch::Contains("DNS answers again"));
}

TEST_CASE("a name that ceased to exist has no addresses, and one that is not asked for is forgotten") {
  Fixture fixture;
  fixture.server.SetAddresses("pods.example", {"10.0.0.1"});
  CHECK(fixture.Resolve("dns+pods.example:1").size() == 1);
  CHECK(fixture.Resolve("dns+gone.example:1").empty());
  CHECK_THAT(fixture.Metrics(), !Catch::Contains("pods.example"));
}

TEST_CASE("an address is checked before it is used") {
  for (const char* good : {"h:1", "[::1]:1", "dns+h:1", "dnssrv+h", "dnssrv+h:1", "dnssrvnoa+_x._tcp.h"}) {
    CAPTURE(good);
    CHECK(AddressDiscovery::Check(good).ok());
  }
  for (const char* bad : {"", "h", ":1", "h:", "h:0", "h:65536", "::1:1", "dns+h", "dns+:1", "dnssrv+", "dnssrv+h:x", "http://h:1"}) {
    CAPTURE(bad);
    CHECK(AddressDiscovery::Check(bad).code() == StatusCode::kInvalidArgument);
  }
  CHECK(AddressDiscovery::Check("dns+h").message() == "address \"dns+h\": expected host:port");
  CHECK(AddressDiscovery::Check("dnssrv+").message() == "address \"dnssrv+\": expected a name, or name:port");
}

}  // namespace
}  // namespace epi::runtime
