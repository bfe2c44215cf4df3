#include "common/promql/engine.h"
#include "tests/support/catch.h"
#include "tests/unit/promql/random_series.h"

namespace epi::promql {
namespace {

const series::MemoryStorage& Storage() {
  static const series::MemoryStorage* const storage = [] {
    auto* made = new series::MemoryStorage(50);
    std::mt19937_64 random(5);
    AddRandomSeries("counter", 30, {.shape = Shape::kCounter, .jitter = false, .gaps = false}, &random, made);
    return made;
  }();
  return *storage;
}

Result<QueryResult> Ask(const char* query, bool analyze) {
  EngineOptions options;
  options.features = Features::All();
  return Engine(options).Range(Context::Background(), Storage(), query, {.start_ms = 300'000, .end_ms = 900'000, .step_ms = 60'000},
                               {.analyze = analyze});
}

}  // namespace

TEST_CASE("an analysed query says what each operator did") {
  const Result<QueryResult> result = Ask("sum by (job) (rate(counter[5m])) / on (job) count by (job) (counter)", true);
  REQUIRE(result.ok());
  REQUIRE(result->profile.has_value());
  const OperatorProfile& root = *result->profile;
  CHECK(root.name == "query");
  REQUIRE(root.children.size() == 1);
  const OperatorProfile& division = root.children[0];
  CHECK(division.name == "binary /");
  CHECK(division.series == 7);
  REQUIRE(division.children.size() == 2);
  const OperatorProfile& sum = division.children[0];
  CHECK(sum.name == "aggregate sum");
  CHECK(sum.samples == 7 * 11);
  REQUIRE(sum.children.size() == 1);
  CHECK(sum.children[0].name == "call rate");
  CHECK(sum.children[0].series == 30);
  CHECK(sum.children[0].samples == 30 * 11);
  CHECK(sum.time >= sum.children[0].time);
  CHECK(division.children[1].children[0].name == "instant selector select #1");
}

TEST_CASE("analysing does not change the answer") {
  for (const char* query : {"counter", "topk(3, rate(counter[5m]))", "sum(counter) + 1", "max_over_time(sum(counter)[5m:1m])"}) {
    CAPTURE(query);
    const Result<QueryResult> plain = Ask(query, false);
    const Result<QueryResult> analysed = Ask(query, true);
    REQUIRE(plain.ok());
    REQUIRE(analysed.ok());
    CHECK(!plain->profile.has_value());
    const Matrix a = std::get<Matrix>(plain->ToValue());
    const Matrix b = std::get<Matrix>(analysed->ToValue());
    REQUIRE(a.size() == b.size());
    for (size_t i = 0; i < a.size(); ++i) {
      CHECK(a[i].labels == b[i].labels);
      CHECK(a[i].floats.size() == b[i].floats.size());
    }
  }
}

}  // namespace epi::promql
