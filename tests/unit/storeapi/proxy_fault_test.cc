// Endpoints that die, hang, lie or speak another language: every lacking answer has a warning or is an error.
#include <chrono>
#include <future>

#include "common/storeapi/proxy_querier.h"
#include "tests/support/catch.h"
#include "tests/unit/storeapi/proxy_fixture.h"

namespace epi::storeapi {
namespace {

labels::Labels Up(const std::string& cluster) { return labels::Labels({{"__name__", "up"}, {"cluster", cluster}}); }

FakeStore UpStore(const std::string& cluster) {
  FakeStore store(labels::Labels({{"cluster", cluster}}));
  store.Add(Up(cluster), Ramp(0, 15000, 10));
  return store;
}

QueryOptions Partial(bool partial_response) {
  QueryOptions options;
  options.partial_response = partial_response;
  return options;
}

// With partial answers: the good endpoint's series and a warning naming the bad one. Without: an error naming it.
void CheckLacking(ProxyFixture& fixture, const std::string& bad, Outcome outcome, const std::string& reason) {
  const ProxyQuerier querier(&fixture.proxy(), Partial(true));
  const Answer answer = SelectAll(querier, Context::Background(), Selecting("up"));
  INFO(answer.status.ToString());
  REQUIRE(answer.status.ok());
  REQUIRE(!answer.series.empty());
  CHECK(answer.series[0].first == R"(up{cluster="eu1"})");
  REQUIRE(answer.warnings.size() == 1);
  INFO(answer.warnings[0]);
  CHECK(answer.warnings[0].find(bad) != std::string::npos);
  CHECK(answer.warnings[0].find(reason) != std::string::npos);
  const Completeness completeness = querier.completeness();
  CHECK(!completeness.complete());
  for (const EndpointOutcome& endpoint : completeness.endpoints) {
    CHECK(endpoint.outcome == (endpoint.endpoint == bad ? outcome : Outcome::kAnswered));
  }
  const Answer strict = SelectAll(ProxyQuerier(&fixture.proxy(), Partial(false)), Context::Background(), Selecting("up"));
  CHECK(strict.status.code() == StatusCode::kAborted);
  CHECK(strict.status.message().find(bad) != std::string::npos);
}

// Serves Info like a store and Series as told.
void RegisterStore(rpc::Server* server, rpc::StreamHandler series) {
  server->RegisterUnary(std::string(kInfoMethod), [](const Context&, rpc::ServerStream&, const std::string&) -> Result<std::string> {
    Info info;
    info.component_type = "sidecar";
    info.store = StoreInfo{.range = {0, INT64_MAX}, .supports_sharding = true, .supports_without_replica_labels = true, .tsdb_infos = {},
                           .supports_projections = false};
    return SerializeInfo(info);
  });
  server->RegisterStream(std::string(kSeriesMethod), rpc::CallType::kServerStream, std::move(series));
}

}  // namespace

TEST_CASE("an endpoint that dies in the middle of its stream is a warning, or an error") {
  runtime::Loop loop;
  FakeStore eu = UpStore("eu1");
  FakeStore us = UpStore("us1");
  TestServer eu_server(&loop, &eu);
  auto us_server = std::make_unique<TestServer>(&loop, &us);
  const std::string bad = us_server->address();
  // Sends one series, then waits for its end.
  us.set_hook([&](const Context& ctx, const SeriesRequest& request, SeriesSink* sink) {
    RETURN_IF_ERROR(us.Send(ctx, request, sink));
    return UnavailableError("killed");
  });
  ProxyFixture fixture(&loop, {eu_server.address(), bad});
  CheckLacking(fixture, bad, Outcome::kFailed, "killed");
  us_server->Kill();
  CheckLacking(fixture, bad, Outcome::kFailed, "Unavailable");
  // Once the health check knows, it is lost, and still reported.
  fixture.set().CheckNow(Context::Background());
  CheckLacking(fixture, bad, Outcome::kLost, "its last check failed");
}

TEST_CASE("a connection that breaks while an endpoint is sending is a warning") {
  std::promise<void> sent;
  runtime::Loop loop;
  FakeStore eu = UpStore("eu1");
  FakeStore us = UpStore("us1");
  TestServer eu_server(&loop, &eu);
  TestServer us_server(&loop, &us);
  us.set_hook([&](const Context& ctx, const SeriesRequest& request, SeriesSink* sink) -> Status {
    RETURN_IF_ERROR(us.Send(ctx, request, sink));
    sent.set_value();
    std::promise<void> cancelled;
    const auto registration = ctx.OnCancel([&] { cancelled.set_value(); });
    cancelled.get_future().wait();
    return ctx.Check();
  });
  ProxyFixture fixture(&loop, {eu_server.address(), us_server.address()});
  const ProxyQuerier querier(&fixture.proxy(), Partial(true));
  auto answer = std::async(std::launch::async, [&] { return SelectAll(querier, Context::Background(), Selecting("up")); });
  sent.get_future().wait();
  us_server.Kill();
  const Answer got = answer.get();
  REQUIRE(got.status.ok());
  REQUIRE(got.warnings.size() == 1);
  CHECK(got.warnings[0].find(us_server.address()) != std::string::npos);
}

TEST_CASE("an endpoint that never answers is a warning after the response timeout") {
  runtime::Loop loop;
  FakeStore eu = UpStore("eu1");
  FakeStore us = UpStore("us1");
  us.set_hook([](const Context& ctx, const SeriesRequest&, SeriesSink*) -> Status {
    std::promise<void> cancelled;
    const auto registration = ctx.OnCancel([&] { cancelled.set_value(); });
    cancelled.get_future().wait();
    return ctx.Check();
  });
  TestServer eu_server(&loop, &eu);
  TestServer us_server(&loop, &us);
  ProxyFixture fixture(&loop, {eu_server.address(), us_server.address()},
                       {.response_timeout = std::chrono::milliseconds(200), .component_type = "query", .registry = nullptr});
  CheckLacking(fixture, us_server.address(), Outcome::kFailed, "no response within 200 ms");
}

TEST_CASE("a peer that speaks HTTP/1.1 is lost with a reason, and asked when strict") {
  runtime::Loop loop;
  FakeStore eu = UpStore("eu1");
  TestServer eu_server(&loop, &eu);
  RawServer web("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
  ProxyFixture fixture(&loop, {eu_server.address(), web.address()});
  CheckLacking(fixture, web.address(), Outcome::kLost, "HTTP/1");
  ProxyFixture strict(&loop, {eu_server.address(), web.address()}, {}, true);
  CheckLacking(strict, web.address(), Outcome::kFailed, "Unavailable");
}

TEST_CASE("an endpoint that never was there is reported as lost") {
  runtime::Loop loop;
  FakeStore eu = UpStore("eu1");
  TestServer eu_server(&loop, &eu);
  FakeStore gone = UpStore("us1");
  TestServer gone_server(&loop, &gone);
  gone_server.Kill();
  ProxyFixture fixture(&loop, {eu_server.address(), gone_server.address()});
  CheckLacking(fixture, gone_server.address(), Outcome::kLost, "its last check failed");
}

TEST_CASE("who stops reading early still learns what is missing") {
  runtime::Loop loop;
  FakeStore eu = UpStore("eu1");
  TestServer eu_server(&loop, &eu);
  FakeStore gone = UpStore("us1");
  TestServer gone_server(&loop, &gone);
  gone_server.Kill();
  ProxyFixture fixture(&loop, {eu_server.address(), gone_server.address()});
  const ProxyQuerier querier(&fixture.proxy(), {});
  auto set = querier.Select(Context::Background(), Selecting("up"));
  REQUIRE(set.ok());
  REQUIRE((*set)->Next().ok());
  const std::vector<std::string> warnings = (*set)->Warnings();
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].find(gone_server.address()) != std::string::npos);
  set->reset();
  CHECK(!querier.completeness().complete());
}

TEST_CASE("malformed protobuf is a warning that says so") {
  runtime::Loop loop;
  FakeStore eu = UpStore("eu1");
  TestServer eu_server(&loop, &eu);
  TestServer liar(&loop, [](rpc::Server* server) {
    RegisterStore(server, [](const Context& ctx, rpc::ServerStream& call) { return call.Write(ctx, std::string("\x0a\x7f", 2)); });
  });
  ProxyFixture fixture(&loop, {eu_server.address(), liar.address()});
  CheckLacking(fixture, liar.address(), Outcome::kFailed, "malformed protobuf in SeriesResponse");
}

TEST_CASE("series out of order are a warning that names the endpoint") {
  runtime::Loop loop;
  FakeStore eu = UpStore("eu1");
  TestServer eu_server(&loop, &eu);
  TestServer liar(&loop, [](rpc::Server* server) {
    RegisterStore(server, [](const Context& ctx, rpc::ServerStream& call) -> Status {
      for (const char* cluster : {"us2", "us1"}) {
        std::string series;
        AppendLabels(&series, Up(cluster));
        std::string message;
        AppendSeriesResponse(&message, series);
        RETURN_IF_ERROR(call.Write(ctx, std::move(message)));
      }
      return OkStatus();
    });
  });
  ProxyFixture fixture(&loop, {eu_server.address(), liar.address()});
  CheckLacking(fixture, liar.address(), Outcome::kFailed, "series out of order");
}

TEST_CASE("warnings of an endpoint below are passed on, and an error when nothing may be missing") {
  runtime::Loop loop;
  FakeStore eu = UpStore("eu1");
  FakeStore us = UpStore("us1");
  TestServer eu_server(&loop, &eu);
  TestServer us_server(&loop, &us);
  const std::string text = "receive series from Addr: " + us_server.address() + ": block is damaged";
  us.set_hook([&](const Context& ctx, const SeriesRequest&, SeriesSink* sink) { return sink->Warning(ctx, text); });
  ProxyFixture fixture(&loop, {eu_server.address(), us_server.address()});
  CheckLacking(fixture, us_server.address(), Outcome::kFailed, "block is damaged");
}

TEST_CASE("label calls report a lacking endpoint like series do") {
  runtime::Loop loop;
  FakeStore eu = UpStore("eu1");
  FakeStore us = UpStore("us1");
  TestServer eu_server(&loop, &eu);
  TestServer us_server(&loop, &us);
  ProxyFixture fixture(&loop, {eu_server.address(), us_server.address()});
  us_server.Kill();
  const ProxyQuerier querier(&fixture.proxy(), Partial(true));
  const auto values = querier.LabelValues(Context::Background(), "cluster", {});
  REQUIRE(values.ok());
  CHECK(values->values == std::vector<std::string>{"eu1"});
  REQUIRE(values->warnings.size() == 1);
  CHECK(values->warnings[0].find("fetch label values from Addr: " + us_server.address()) == 0);
  CHECK(!querier.completeness().complete());
  const auto strict = ProxyQuerier(&fixture.proxy(), Partial(false)).LabelNames(Context::Background(), {});
  CHECK(strict.status().code() == StatusCode::kAborted);
}

TEST_CASE("cancelling a query ends its calls at the endpoints and is no endpoint's fault") {
  runtime::Loop loop;
  FakeStore us = UpStore("us1");
  std::promise<void> called;
  std::promise<void> ended;
  us.set_hook([&](const Context& ctx, const SeriesRequest&, SeriesSink*) -> Status {
    std::promise<void> cancelled;
    const auto registration = ctx.OnCancel([&] { cancelled.set_value(); });
    called.set_value();
    cancelled.get_future().wait();
    ended.set_value();
    return ctx.Check();
  });
  TestServer us_server(&loop, &us);
  ProxyFixture fixture(&loop, {us_server.address()});
  const Context ctx = Context::Background().WithCancel();
  const ProxyQuerier querier(&fixture.proxy(), Partial(true));
  auto answer = std::async(std::launch::async, [&] { return SelectAll(querier, ctx, Selecting("up")); });
  called.get_future().wait();
  ctx.Cancel();
  CHECK(answer.get().status.code() == StatusCode::kCancelled);
  ended.get_future().wait();
}

TEST_CASE("a query that runs out of memory fails with the limit and the selector, whatever partial response says") {
  runtime::Loop loop;
  FakeStore eu = UpStore("eu1");
  TestServer eu_server(&loop, &eu);
  ProxyFixture fixture(&loop, {eu_server.address()});
  MemoryAccount account("query", 64);
  const Answer answer = SelectAll(ProxyQuerier(&fixture.proxy(), Partial(true)), Context::Background().WithMemory(&account), Selecting("up"));
  CHECK(answer.status.code() == StatusCode::kResourceExhausted);
  CHECK(answer.status.message().find("memory limit of query exceeded: limit 64 bytes") != std::string::npos);
  CHECK(answer.status.message().find(R"({__name__="up"})") != std::string::npos);
}

}  // namespace epi::storeapi
