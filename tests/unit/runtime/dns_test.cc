#include "common/runtime/dns.h"

#include "tests/support/catch.h"
#include "tests/unit/runtime/fake_dns_server.h"

namespace epi::runtime {
namespace {

using test::FakeDnsServer;

TEST_CASE("a host's addresses of both families come in order, once each") {
  FakeDnsServer server;
  server.SetAddresses("stores.example", {"10.0.0.2", "fd00::1", "10.0.0.1", "10.0.0.2"});
  const auto found = LookupAddresses(Context::Background(), "stores.example", server.options());
  REQUIRE(found.ok());
  CHECK(*found == std::vector<std::string>{"10.0.0.1", "10.0.0.2", "fd00::1"});
}

TEST_CASE("numeric addresses and localhost need no server") {
  FakeDnsServer server;
  server.SetSilent(true);
  CHECK(LookupAddresses(Context::Background(), "10.1.2.3", server.options()).value() == std::vector<std::string>{"10.1.2.3"});
  CHECK(LookupAddresses(Context::Background(), "localhost", server.options()).value().front() == "127.0.0.1");
}

TEST_CASE("services come with host and port, without the dot of the root") {
  FakeDnsServer server;
  server.SetServices("_grpc._tcp.stores.example", {{"b.example", 10901}, {"a.example", 10902}});
  const auto found = LookupServices(Context::Background(), "_grpc._tcp.stores.example", server.options());
  REQUIRE(found.ok());
  CHECK(*found == std::vector<DnsService>{{"a.example", 10902}, {"b.example", 10901}});
}

TEST_CASE("a name without records, a broken server and a silent one are errors that name the name") {
  FakeDnsServer server;
  server.SetAddresses("empty.example", {});
  const auto absent = LookupAddresses(Context::Background(), "absent.example", server.options());
  CHECK(absent.status().code() == StatusCode::kNotFound);
  CHECK_THAT(std::string(absent.status().message()), Catch::Contains("lookup absent.example"));
  CHECK(LookupServices(Context::Background(), "absent.example", server.options()).status().code() == StatusCode::kNotFound);
  CHECK(LookupServices(Context::Background(), "empty.example", server.options()).status().code() == StatusCode::kNotFound);
  server.SetBroken(true);
  CHECK(LookupAddresses(Context::Background(), "empty.example", server.options()).status().code() == StatusCode::kUnavailable);
  server.SetBroken(false);
  server.SetSilent(true);
  const auto silent = LookupServices(Context::Background(), "empty.example", server.options());
  CHECK(silent.status().code() == StatusCode::kUnavailable);
  CHECK_THAT(std::string(silent.status().message()), Catch::Contains("lookup empty.example"));
}

TEST_CASE("a lookup ends with its context") {
  FakeDnsServer server;
  server.SetSilent(true);
  DnsOptions patient = server.options();
  patient.timeout = std::chrono::minutes(10);
  const Context timed = Context::Background().WithTimeout(std::chrono::milliseconds(50));
  CHECK(LookupAddresses(timed, "slow.example", patient).status().code() == StatusCode::kDeadlineExceeded);
  const Context cancelled = Context::Background().WithCancel();
  const Thread canceller("cancel", [&] { cancelled.Cancel(); });
  CHECK(LookupServices(cancelled, "slow.example", patient).status().code() == StatusCode::kCancelled);
}

}  // namespace
}  // namespace epi::runtime
