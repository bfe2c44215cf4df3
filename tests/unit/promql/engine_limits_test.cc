// What ends a query early: too many samples, time, its caller, its memory.
#include <atomic>

#include "common/promql/engine.h"
#include "tests/support/catch.h"
#include "tests/unit/promql/random_series.h"

namespace epi::promql {
namespace {

constexpr Engine::RangeTimes kTimes{.start_ms = 0, .end_ms = 2'700'000, .step_ms = 15'000};

const series::MemoryStorage& Storage() {
  static const series::MemoryStorage* const storage = [] {
    auto* made = new series::MemoryStorage(50);
    std::mt19937_64 random(3);
    AddRandomSeries("counter", 400, {.shape = Shape::kCounter, .gaps = false}, &random, made);
    AddRandomSeries("gauge", 400, {.shape = Shape::kGauge, .gaps = false}, &random, made);
    return made;
  }();
  return *storage;
}

EngineOptions WithWorkers(size_t workers) {
  EngineOptions options;
  options.workers = workers;
  return options;
}

Status Ask(const Context& ctx, const char* query, const EngineOptions& options = {}) {
  return Engine(options).Range(ctx, Storage(), query, kTimes).status();
}

}  // namespace

TEST_CASE("a query that would hold too many samples fails with Prometheus' text") {
  EngineOptions options;
  options.samples_max = 10'000;
  for (const char* query : {"counter", "rate(counter[1m])", "counter + on (job, pod, handler) gauge", "counter * 2"}) {
    CAPTURE(query);
    const Status status = Ask(Context::Background(), query, options);
    CHECK(status.code() == StatusCode::kResourceExhausted);
    CHECK(status.message() == "query processing would load too many samples into memory in query execution");
  }
  options.samples_max = 0;
  CHECK(Ask(Context::Background(), "counter", options).ok());
}

TEST_CASE("a window that holds too many samples fails although its result is small") {
  EngineOptions options;
  options.samples_max = 150;
  const Result<QueryResult> result =
      Engine(options).Instant(Context::Background(), Storage(), "sum_over_time(counter{pod=\"pod-1\",handler=\"/1\"}[1h])", 2'700'000);
  CHECK(result.status().code() == StatusCode::kResourceExhausted);
}

TEST_CASE("a query whose time is over says so in Prometheus' words") {
  const Context ctx = Context::Background().WithDeadline(Context::Clock::now() - std::chrono::seconds(1));
  const Status status = Ask(ctx, "sum(rate(counter[5m]))");
  CHECK(status.code() == StatusCode::kDeadlineExceeded);
  CHECK(status.message() == "query timed out in expression evaluation");
}

TEST_CASE("a cancelled query stops within a few series") {
  for (const char* query : {"counter", "sum(rate(counter[5m]))", "topk(3, counter)", "quantile(0.5, gauge)", "counter * 2",
                            "counter / on (job, pod, handler) group_left gauge", "sum_over_time(rate(counter[1m])[5m:30s])",
                            "count_values(\"v\", counter)", "histogram_quantile(0.9, counter)"}) {
    for (const size_t workers : {1, 4}) {
      CAPTURE(query, workers);
      const Context ctx = Context::Background().WithCancel();
      std::atomic<int> opened{0};
      const WatchedQuerier querier(&Storage(), [&] {
        if (++opened == 20) ctx.Cancel();
      });
      const Status status = Engine(WithWorkers(workers)).Range(ctx, querier, query, kTimes).status();
      CHECK(status.code() == StatusCode::kCancelled);
      CHECK(status.message() == "query was canceled in expression evaluation");
      // A morsel that has begun is finished, by every worker.
      CHECK(opened.load() <= 20 + 8 * static_cast<int>(workers));
    }
  }
}

TEST_CASE("a query that needs more memory than its budget fails and names limit and selector") {
  for (const char* query : {"counter", "counter * 2", "topk(100, counter)", "quantile(0.5, counter)", "count_values(\"v\", counter)",
                            "counter / on (job, pod, handler) group_left counter", "sum by (pod, handler, job) (counter)",
                            "sort(counter)", "counter or counter", "label_replace(counter, \"x\", \"$1\", \"pod\", \"(.*)\")",
                            "max_over_time(counter[5m])", "stddev by (pod, handler, job) (counter)"}) {
    CAPTURE(query);
    MemoryAccount account("query", 200'000);
    const Status status = Ask(Context::Background().WithMemory(&account), query);
    CHECK(status.code() == StatusCode::kResourceExhausted);
    CHECK(status.message().find("200000 bytes") != std::string::npos);
    CHECK(status.message().find("{__name__=\"counter\"}") != std::string::npos);
    CHECK(account.used_bytes() == 0);
  }
}

TEST_CASE("what a query charges is given back when its result is gone") {
  MemoryAccount account("query", 100'000'000);
  {
    const Result<QueryResult> result =
        Engine(EngineOptions{}).Range(Context::Background().WithMemory(&account), Storage(), "rate(counter[5m])", kTimes);
    REQUIRE(result.ok());
    CHECK(account.peak_bytes() > 400 * 181 * 8);
  }
  CHECK(account.used_bytes() == 0);
}

}  // namespace epi::promql
