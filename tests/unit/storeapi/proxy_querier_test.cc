#include "common/storeapi/proxy_querier.h"

#include "tests/support/catch.h"
#include "tests/unit/storeapi/proxy_fixture.h"

namespace epi::storeapi {
namespace {

labels::Labels External(const std::string& cluster, const std::string& replica) {
  return labels::Labels({{"cluster", cluster}, {"replica", replica}});
}
labels::Labels Up(const std::string& cluster, const std::string& replica) {
  return labels::Labels({{"__name__", "up"}, {"cluster", cluster}, {"replica", replica}});
}
FakeStore UpStore(const std::string& cluster, const std::string& replica, const TestSamples& samples) {
  FakeStore store(External(cluster, replica));
  store.Add(Up(cluster, replica), samples);
  return store;
}
const QueryOptions kDedup{.dedup = true, .replica_labels = {"replica"}, .partial_response = true, .store_matchers = {}, .max_source_resolution_ms = 0, .shard_info = {}, .tenant = {}};
QueryOptions NoDedup() {
  QueryOptions options = kDedup;
  options.dedup = false;
  return options;
}

}  // namespace

TEST_CASE("series of two clusters come together in label order") {
  runtime::Loop loop;
  FakeStore eu = UpStore("eu1", "a", Ramp(0, 15000, 10, 1));
  FakeStore us = UpStore("us1", "a", Ramp(0, 15000, 10, 100));
  TestServer eu_server(&loop, &eu);
  TestServer us_server(&loop, &us);
  ProxyFixture fixture(&loop, {us_server.address(), eu_server.address()});
  const ProxyQuerier querier(&fixture.proxy(), NoDedup());
  const Answer answer = SelectAll(querier, Context::Background(), Selecting("up"));
  REQUIRE(answer.status.ok());
  REQUIRE(answer.series.size() == 2);
  CHECK(answer.series[0].first == R"(up{cluster="eu1", replica="a"})");
  CHECK(answer.series[0].second == Ramp(0, 15000, 10, 1));
  CHECK(answer.series[1].second == Ramp(0, 15000, 10, 100));
  CHECK(answer.warnings.empty());
  const Completeness completeness = querier.completeness();
  CHECK(completeness.complete());
  REQUIRE(completeness.endpoints.size() == 2);
  CHECK(completeness.endpoints[0].outcome == Outcome::kAnswered);
}

TEST_CASE("replicas of an HA pair are one series without the replica label, gaps filled") {
  runtime::Loop loop;
  TestSamples with_gap = Ramp(0, 15000, 10, 1);
  with_gap.erase(with_gap.begin() + 4, with_gap.begin() + 9);
  FakeStore a = UpStore("eu1", "a", with_gap);
  FakeStore b = UpStore("eu1", "b", Ramp(100, 15000, 10, 1));
  TestServer a_server(&loop, &a);
  TestServer b_server(&loop, &b);
  ProxyFixture fixture(&loop, {a_server.address(), b_server.address()});
  const Answer answer = SelectAll(ProxyQuerier(&fixture.proxy(), kDedup), Context::Background(), Selecting("up"));
  REQUIRE(answer.status.ok());
  REQUIRE(answer.series.size() == 1);
  CHECK(answer.series[0].first == R"(up{cluster="eu1"})");
  // a: 0, 15000, 30000, 45000; then b from the first sample after twice the distance.
  CHECK(answer.series[0].second ==
        TestSamples{{0, 1}, {15000, 2}, {30000, 3}, {45000, 4}, {75100, 6}, {90100, 7}, {105100, 8}, {120100, 9}, {135100, 10}});
  const Answer plain = SelectAll(ProxyQuerier(&fixture.proxy(), NoDedup()), Context::Background(), Selecting("up"));
  CHECK(plain.series.size() == 2);
}

TEST_CASE("chunks that two endpoints both hold are read once") {
  runtime::Loop loop;
  FakeStore sidecar = UpStore("eu1", "a", Ramp(0, 15000, 240));
  FakeStore gateway = UpStore("eu1", "a", Ramp(0, 15000, 120));
  TestServer sidecar_server(&loop, &sidecar);
  TestServer gateway_server(&loop, &gateway);
  ProxyFixture fixture(&loop, {sidecar_server.address(), gateway_server.address()});
  for (const bool dedup : {false, true}) {
    const Answer answer = SelectAll(ProxyQuerier(&fixture.proxy(), dedup ? kDedup : NoDedup()), Context::Background(), Selecting("up", 30000, 600000));
    REQUIRE(answer.series.size() == 1);
    CHECK(answer.series[0].second == Ramp(30000, 15000, 39, 2));
  }
}

TEST_CASE("of replicas with equal times the same one comes first, whichever endpoint it is at") {
  runtime::Loop loop;
  FakeStore low = UpStore("eu1", "a", Ramp(0, 15000, 10, 1));
  FakeStore high = UpStore("eu1", "b", Ramp(0, 15000, 10, 100));
  std::vector<TestSamples> answers;
  for (const bool swapped : {false, true}) {
    TestServer first(&loop, swapped ? &high : &low);
    TestServer second(&loop, swapped ? &low : &high);
    ProxyFixture fixture(&loop, {first.address(), second.address()});
    const Answer answer = SelectAll(ProxyQuerier(&fixture.proxy(), kDedup), Context::Background(), Selecting("up"));
    REQUIRE(answer.series.size() == 1);
    answers.push_back(answer.series[0].second);
  }
  CHECK(answers[0] == answers[1]);
  // The larger bytes come first, as in Thanos: 100 as a double starts with 0x40 0x59, 1 with 0x3f 0xf0.
  CHECK(answers[0] == Ramp(0, 15000, 10, 100));
}

TEST_CASE("endpoints are skipped by time, labels and storeMatch, and the answer still counts as whole") {
  runtime::Loop loop;
  FakeStore eu = UpStore("eu1", "a", Ramp(0, 15000, 4));
  FakeStore us = UpStore("us1", "a", Ramp(0, 15000, 4));
  FakeStore old = UpStore("eu1", "old", Ramp(0, 15000, 4));
  old.info().store->range = {-5000000, -1};
  TestServer eu_server(&loop, &eu);
  TestServer us_server(&loop, &us);
  TestServer old_server(&loop, &old);
  ProxyFixture fixture(&loop, {eu_server.address(), us_server.address(), old_server.address()});
  const auto outcome_of = [](const Completeness& completeness, const std::string& address) {
    for (const EndpointOutcome& endpoint : completeness.endpoints) {
      if (endpoint.endpoint == address) return endpoint.outcome;
    }
    FAIL("no outcome for " << address);
    return Outcome::kLost;
  };
  {
    const ProxyQuerier querier(&fixture.proxy(), kDedup);
    series::SelectRequest request = Selecting("up");
    request.matchers.push_back(labels::Matcher::Equal("cluster", "eu1"));
    const Answer answer = SelectAll(querier, Context::Background(), request);
    CHECK(answer.series.size() == 1);
    CHECK(answer.warnings.empty());
    const Completeness completeness = querier.completeness();
    CHECK(completeness.complete());
    CHECK(outcome_of(completeness, eu_server.address()) == Outcome::kAnswered);
    CHECK(outcome_of(completeness, us_server.address()) == Outcome::kSkippedLabels);
    CHECK(outcome_of(completeness, old_server.address()) == Outcome::kSkippedTime);
  }
  for (const auto& [name, value] : {std::pair<std::string, std::string>{"__address__", us_server.address()}, {"cluster", "us1"}}) {
    QueryOptions options = kDedup;
    options.store_matchers = {{labels::Matcher::Equal(name, value)}};
    const ProxyQuerier querier(&fixture.proxy(), options);
    const Answer answer = SelectAll(querier, Context::Background(), Selecting("up"));
    REQUIRE(answer.series.size() == 1);
    CHECK(answer.series[0].first == R"(up{cluster="us1"})");
    CHECK(outcome_of(querier.completeness(), eu_server.address()) == Outcome::kSkippedStoreMatch);
  }
}

TEST_CASE("an inner label named like the replica label is removed, whoever sends it") {
  runtime::Loop loop;
  FakeStore old(labels::Labels({{"cluster", "eu1"}}));
  const auto series = [](const std::string& replica, const std::string& zone) {
    return labels::Labels({{"__name__", "up"}, {"cluster", "eu1"}, {"replica", replica}, {"zone", zone}});
  };
  // An old server that knows nothing of without_replica_labels.
  old.set_hook([&](const Context& ctx, const SeriesRequest& request, SeriesSink* sink) {
    const_cast<SeriesRequest&>(request).without_replica_labels.clear();
    return old.Send(ctx, request, sink);
  });
  old.Add(series("a", "2"), Ramp(0, 15000, 4)).Add(series("b", "1"), Ramp(0, 15000, 4));
  TestServer server(&loop, &old);
  ProxyFixture fixture(&loop, {server.address()});
  const Answer answer = SelectAll(ProxyQuerier(&fixture.proxy(), kDedup), Context::Background(), Selecting("up"));
  REQUIRE(answer.series.size() == 2);
  CHECK(answer.series[0].first == R"(up{cluster="eu1", zone="1"})");
  CHECK(answer.series[1].first == R"(up{cluster="eu1", zone="2"})");
}

TEST_CASE("what the query needs is passed on to the endpoints") {
  runtime::Loop loop;
  FakeStore store = UpStore("eu1", "a", Ramp(0, 15000, 4));
  TestServer server(&loop, &store);
  ProxyFixture fixture(&loop, {server.address()});
  QueryOptions options = kDedup;
  options.max_source_resolution_ms = 3600000;
  options.tenant = "team-a";
  series::SelectRequest request = Selecting("up");
  request.hints.func = "rate";
  request.hints.range_ms = 600000;
  request.hints.limit = 7;
  CHECK(SelectAll(ProxyQuerier(&fixture.proxy(), options), Context::Background(), request).status.ok());
  const SeriesRequest seen = store.last_request();
  CHECK(seen.aggregates == std::vector<Aggregate>{Aggregate::kCounter});
  // Two points must fit into the range.
  CHECK(seen.max_resolution_window_ms == 300000);
  CHECK(seen.without_replica_labels == std::vector<std::string>{"replica"});
  CHECK(seen.response_batch_size == 64);
  CHECK(seen.tenant == "team-a");
  CHECK(seen.limit == 7);
  REQUIRE(seen.query_hints.has_value());
  CHECK(seen.query_hints->func == "rate");
}

TEST_CASE("label names and values are the union, sorted, without replica labels") {
  runtime::Loop loop;
  FakeStore eu = UpStore("eu1", "a", Ramp(0, 1, 1));
  FakeStore us = UpStore("us1", "b", Ramp(0, 1, 1));
  TestServer eu_server(&loop, &eu);
  TestServer us_server(&loop, &us);
  ProxyFixture fixture(&loop, {eu_server.address(), us_server.address()});
  const ProxyQuerier querier(&fixture.proxy(), kDedup);
  const auto names = querier.LabelNames(Context::Background(), {});
  REQUIRE(names.ok());
  CHECK(names->values == std::vector<std::string>{"__name__", "cluster"});
  const auto values = querier.LabelValues(Context::Background(), "cluster", {});
  REQUIRE(values.ok());
  CHECK(values->values == std::vector<std::string>{"eu1", "us1"});
  CHECK(querier.LabelValues(Context::Background(), "", {}).status().code() == StatusCode::kInvalidArgument);
  const auto replicas = querier.LabelValues(Context::Background(), "replica", {});
  REQUIRE(replicas.ok());
  CHECK(replicas->values.empty());
}

TEST_CASE("a stacked proxy answers like one") {
  runtime::Loop loop;
  FakeStore eu = UpStore("eu1", "a", Ramp(0, 15000, 10));
  FakeStore us = UpStore("us1", "b", Ramp(0, 15000, 10));
  TestServer eu_server(&loop, &eu);
  TestServer us_server(&loop, &us);
  ProxyFixture lower(&loop, {eu_server.address(), us_server.address()});
  TestServer lower_server(&loop, &lower.proxy());
  ProxyFixture upper(&loop, {lower_server.address()});
  const ProxyQuerier querier(&upper.proxy(), kDedup);
  const Answer answer = SelectAll(querier, Context::Background(), Selecting("up"));
  REQUIRE(answer.series.size() == 2);
  CHECK(answer.series[1].first == R"(up{cluster="us1"})");
  CHECK(answer.series[1].second == Ramp(0, 15000, 10));
  CHECK(querier.completeness().complete());
  const auto info = upper.proxy().Info(Context::Background());
  REQUIRE(info.ok());
  CHECK(info->component_type == "query");
  CHECK(info->label_sets.size() == 2);
  us_server.Kill();
  const ProxyQuerier later(&upper.proxy(), kDedup);
  const Answer partial = SelectAll(later, Context::Background(), Selecting("up"));
  CHECK(partial.series.size() == 1);
  REQUIRE(partial.warnings.size() == 1);
  CHECK(partial.warnings[0].find(us_server.address()) != std::string::npos);
  CHECK(!later.completeness().complete());
}

TEST_CASE("a counter that lags in the other replica is not reset at the switch, for rate only") {
  runtime::Loop loop;
  FakeStore a = UpStore("eu1", "a", TestSamples{{0, 100}, {15000, 110}, {30000, 120}});
  FakeStore b = UpStore("eu1", "b", TestSamples{{100, 80}, {15100, 90}, {30100, 100}, {45100, 110}, {60100, 115}, {75100, 118}});
  TestServer a_server(&loop, &a);
  TestServer b_server(&loop, &b);
  ProxyFixture fixture(&loop, {a_server.address(), b_server.address()});
  series::SelectRequest request = Selecting("up");
  const auto last_values = [&] {
    const Answer answer = SelectAll(ProxyQuerier(&fixture.proxy(), kDedup), Context::Background(), request);
    REQUIRE(answer.series.size() == 1);
    const TestSamples& samples = answer.series[0].second;
    return std::vector<double>{samples.at(3).value, samples.at(4).value};
  };
  CHECK(last_values() == std::vector<double>{115, 118});
  request.hints.func = "rate";
  CHECK(last_values() == std::vector<double>{120, 123});
}

}  // namespace epi::storeapi
