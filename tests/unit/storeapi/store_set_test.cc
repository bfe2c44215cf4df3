#include "common/storeapi/store_set.h"

#include "common/storeapi/fanout.h"
#include "tests/support/catch.h"
#include "tests/unit/storeapi/fake_store.h"

namespace epi::storeapi {
namespace {

labels::Labels External(const std::string& cluster) { return labels::Labels({{"cluster", cluster}}); }

const std::vector<labels::Matchers> kNone;

std::vector<std::string> Addresses(const StoreSet& set) {
  std::vector<std::string> all;
  for (const auto& endpoint : *set.endpoints()) all.push_back(endpoint->address());
  return all;
}

}  // namespace

TEST_CASE("an endpoint's state follows its Info answers, and what it said is kept while it is unhealthy") {
  runtime::Loop loop;
  FakeClock clock(1'000'000);
  FakeStore store(External("eu1"));
  TestServer server(&loop, &store);
  StoreSet set({.make_channel = ChannelFactory(&loop, {}), .clock = &clock});
  REQUIRE(set.SetEndpoints({{.address = server.address()}}).ok());
  CHECK(!set.ready());
  const auto endpoint = set.endpoints()->at(0);
  CHECK(endpoint->state().info == nullptr);
  CHECK(!endpoint->state().healthy);

  set.CheckNow(Context::Background());
  CHECK(set.ready());
  CHECK(endpoint->state().healthy);
  CHECK(endpoint->state().last_check_ms == 1'000'000);
  REQUIRE(endpoint->state().info != nullptr);
  CHECK(endpoint->state().info->label_sets == std::vector{External("eu1")});

  clock.Advance(std::chrono::seconds(5));
  store.set_info_error(UnavailableError("Prometheus is down"));
  set.CheckNow(Context::Background());
  CHECK(!endpoint->state().healthy);
  CHECK(endpoint->state().last_error.message().find("Prometheus is down") != std::string::npos);
  CHECK(endpoint->state().last_healthy_ms == 1'000'000);
  CHECK(endpoint->state().last_check_ms == 1'005'000);
  CHECK(endpoint->state().info != nullptr);

  store.set_info_error(OkStatus());
  set.CheckNow(Context::Background());
  CHECK(endpoint->state().healthy);
  CHECK(endpoint->state().last_error.ok());
}

TEST_CASE("an endpoint whose clock is off is named in answers about now, not in those about the past") {
  runtime::Loop loop;
  FakeClock clock(Clock::System().NowMs());
  FakeStore store(External("eu1"));
  TestServer server(&loop, &store);
  StoreSet set({.make_channel = ChannelFactory(&loop, {}), .clock = &clock});
  REQUIRE(set.SetEndpoints({{.address = server.address()}}).ok());
  const labels::Matchers matchers = NameIs("up");
  const auto warnings = [&](int64_t maxt_ms, PartialResponse partial) {
    const auto plan = Plan(*set.endpoints(), {.mint_ms = 0, .maxt_ms = maxt_ms, .matchers = &matchers, .store_matchers = &kNone}, partial);
    REQUIRE(plan.ok());
    CHECK(plan->ask.size() == 1);
    return plan->warnings;
  };
  set.CheckNow(Context::Background());
  CHECK(warnings(clock.NowMs(), PartialResponse::kWarn).empty());

  clock.Advance(std::chrono::hours(1));
  set.CheckNow(Context::Background());
  const auto late = warnings(clock.NowMs(), PartialResponse::kWarn);
  REQUIRE(late.size() == 1);
  CHECK(late[0].find(server.address()) != std::string::npos);
  CHECK(late[0].find("s behind ours") != std::string::npos);
  CHECK(warnings(clock.NowMs(), PartialResponse::kAbort).empty());
  CHECK(warnings(clock.NowMs() - std::chrono::milliseconds(std::chrono::hours(3)).count(), PartialResponse::kWarn).empty());

  store.info().clock_ms = clock.NowMs() + 2'000;
  set.CheckNow(Context::Background());
  CHECK(warnings(clock.NowMs(), PartialResponse::kWarn).empty());
}

TEST_CASE("repeated addresses are one endpoint and are counted, bad ones are named") {
  runtime::Loop loop;
  metrics::Registry registry;
  StoreSet set({.make_channel = ChannelFactory(&loop, {}), .registry = &registry});
  CHECK(set.SetEndpoints({{.address = "127.0.0.1:1"}, {.address = "127.0.0.1:2"}, {.address = "127.0.0.1:1"}}).ok());
  CHECK(Addresses(set) == std::vector<std::string>{"127.0.0.1:1", "127.0.0.1:2"});
  CHECK(registry.Expose(metrics::ExpositionFormat::kText).find("thanos_querier_duplicated_store_addresses_total 1") != std::string::npos);
  for (const char* bad : {"localhost", "localhost:", ":10901", "localhost:0", "localhost:99999", "localhost:1x"}) {
    const Status status = set.SetEndpoints({{.address = bad}, {.address = "127.0.0.1:3"}});
    CHECK(status.code() == StatusCode::kInvalidArgument);
    CHECK(status.message().find(bad) != std::string::npos);
    CHECK(Addresses(set) == std::vector<std::string>{"127.0.0.1:3"});
  }
}

TEST_CASE("endpoints that left the configuration are forgotten at once, or after a while when told to keep them") {
  runtime::Loop loop;
  FakeClock clock(1'000'000);
  StoreSet set({.make_channel = ChannelFactory(&loop, {}), .unhealthy_timeout = std::chrono::minutes(5), .clock = &clock});
  REQUIRE(set.SetEndpoints({{.address = "127.0.0.1:1"}, {.address = "127.0.0.1:2"}}).ok());
  REQUIRE(set.SetEndpoints({{.address = "127.0.0.1:1"}}).ok());
  CHECK(Addresses(set) == std::vector<std::string>{"127.0.0.1:1"});

  REQUIRE(set.SetEndpoints({{.address = "127.0.0.1:2"}, {.address = "127.0.0.1:3", .departure = Departure::kKeep}}).ok());
  REQUIRE(set.SetEndpoints({{.address = "127.0.0.1:2"}}).ok());
  CHECK(Addresses(set) == std::vector<std::string>{"127.0.0.1:2", "127.0.0.1:3"});
  clock.Advance(std::chrono::minutes(4));
  set.CheckNow(Context::Background());
  CHECK(Addresses(set).size() == 2);
  clock.Advance(std::chrono::minutes(1));
  set.CheckNow(Context::Background());
  CHECK(Addresses(set) == std::vector<std::string>{"127.0.0.1:2"});
}

TEST_CASE("the same channel is kept for an address that stays, a new one made when it turns strict or is dialled otherwise") {
  runtime::Loop loop;
  StoreSet set({.make_channel = ChannelFactory(&loop, {})});
  REQUIRE(set.SetEndpoints({{.address = "127.0.0.1:1"}}).ok());
  const auto before = set.endpoints()->at(0);
  REQUIRE(set.SetEndpoints({{.address = "127.0.0.1:1"}, {.address = "127.0.0.1:2"}}).ok());
  CHECK(set.endpoints()->at(0) == before);
  REQUIRE(set.SetEndpoints({{.address = "127.0.0.1:1", .strict = true}}).ok());
  CHECK(set.endpoints()->at(0) != before);
  CHECK(set.endpoints()->at(0)->strict());
  const auto strict = set.endpoints()->at(0);
  REQUIRE(set.SetEndpoints({{.address = "127.0.0.1:1", .strict = true, .client = "tls"}}).ok());
  CHECK(set.endpoints()->at(0) != strict);
}

TEST_CASE("healthy endpoints are exported with their labels and type") {
  runtime::Loop loop;
  metrics::Registry registry;
  FakeStore store(External("eu1"));
  TestServer server(&loop, &store);
  StoreSet set({.make_channel = ChannelFactory(&loop, {}), .registry = &registry});
  REQUIRE(set.SetEndpoints({{.address = server.address()}}).ok());
  const std::string line = R"(thanos_store_nodes_grpc_connections{external_labels="{cluster=\"eu1\"}",store_type="sidecar"} 1)";
  CHECK(registry.Expose(metrics::ExpositionFormat::kText).find(line) == std::string::npos);
  set.CheckNow(Context::Background());
  CHECK(registry.Expose(metrics::ExpositionFormat::kText).find(line) != std::string::npos);
  server.Kill();
  set.CheckNow(Context::Background());
  CHECK(registry.Expose(metrics::ExpositionFormat::kText).find(line) == std::string::npos);
}

TEST_CASE("two sidecars with the same external labels are warned of once") {
  runtime::Loop loop;
  FakeStore a(External("eu1"));
  FakeStore b(External("eu1"));
  TestServer a_server(&loop, &a);
  TestServer b_server(&loop, &b);
  size_t warnings = 0;
  StoreSet set({.make_channel = ChannelFactory(&loop, {}), .logger = log::Logger::ToFunction({.level = log::Level::kWarn}, [&](std::string_view line) {
                  if (line.find("same external labels") != std::string_view::npos && line.find(a_server.address()) != std::string_view::npos) ++warnings;
                })});
  REQUIRE(set.SetEndpoints({{.address = a_server.address()}, {.address = b_server.address()}}).ok());
  set.CheckNow(Context::Background());
  set.CheckNow(Context::Background());
  CHECK(warnings == 1);
}

TEST_CASE("the health loop checks at once, and again when the configuration changes") {
  runtime::Loop loop;
  FakeStore store(External("eu1"));
  TestServer server(&loop, &store);
  Mutex mutex;
  CondVar changed;
  std::string log;
  StoreSet set({.make_channel = ChannelFactory(&loop, {}),
                .info_interval = std::chrono::hours(1),
                .logger = log::Logger::ToFunction({}, [&](std::string_view line) {
                  MutexLock lock(&mutex);
                  log += line;
                  changed.NotifyAll();
                })});
  set.Start();
  REQUIRE(set.SetEndpoints({{.address = server.address()}}).ok());
  {
    MutexLock lock(&mutex);
    while (log.find("adding new endpoint") == std::string::npos) changed.Wait(&mutex);
  }
  set.Stop();
  CHECK(set.endpoints()->at(0)->state().healthy);
}

}  // namespace epi::storeapi
