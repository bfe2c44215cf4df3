// Answers depend neither on the number of workers nor on the order in which series are read.
#include <algorithm>
#include <bit>
#include <cmath>

#include "common/base/go_float.h"
#include "common/base/str_cat.h"
#include "common/promql/engine.h"
#include "common/promql/functions/histogram_text.h"
#include "tests/support/catch.h"
#include "tests/unit/promql/random_series.h"

namespace epi::promql {
namespace {

constexpr Engine::RangeTimes kTimes{.start_ms = 300'000, .end_ms = 2'700'000, .step_ms = 20'000};

// Every operator that reads columns on several workers, or puts together what they made.
constexpr const char* kQueries[] = {
    "counter",
    "gauge * 2 - 1",
    "-gauge",
    "abs(gauge)",
    "clamp(gauge, -10, 100)",
    "sum(counter)",
    "avg by (job) (gauge)",
    "min without (pod) (gauge)",
    "max by (handler) (gauge)",
    "count by (job) (gauge > 0)",
    "stddev by (job) (counter)",
    "stdvar(counter)",
    "group by (pod) (gauge)",
    "sum by (job) (rate(counter[5m]))",
    "increase(counter[1m])",
    "delta(gauge[3m])",
    "irate(counter[2m])",
    "sum(sum_over_time(counter[30m]))",
    "avg_over_time(gauge[4m])",
    "max_over_time(gauge[10m])",
    "stddev_over_time(counter[30m])",
    "quantile_over_time(0.9, gauge[5m])",
    "mad_over_time(gauge[5m])",
    "changes(gauge[5m]) + resets(counter[5m])",
    "deriv(counter[5m])",
    "predict_linear(counter[5m], 60)",
    "double_exponential_smoothing(counter[5m], 0.5, 0.5)",
    "topk by (job) (3, counter)",
    "bottomk(5, rate(counter[2m]))",
    "quantile by (job) (0.7, gauge)",
    "count_values by (job) (\"v\", ceil(counter / 2000))",
    "limit_ratio(0.4, counter)",
    "counter / ignoring (handler) group_left sum by (job, pod, __name__) (counter)",
    "counter / on (job, pod, handler) gauge",
    "gauge > bool 3",
    "counter and on (job, pod, handler) (gauge > 0)",
    "counter unless on (job, pod, handler) (gauge > 0)",
    "(gauge > 0) or counter",
    "label_replace(gauge, \"short\", \"$1\", \"pod\", \"pod-(.*)\")",
    "histogram_quantile(0.9, sum by (le, job) (rate(buckets[5m])))",
    "histogram_quantile(0.9, native)",
    "sum by (job) (rate(native[5m]))",
    "histogram_count(native)",
    "sum_over_time(rate(counter[1m])[5m:30s])",
    "max_over_time((gauge > 0)[5m:45s])",
    "sort_desc(counter)",
    "absent(gauge > 1e9)",
    "scalar(sum(counter)) + counter",
    "timestamp(counter)",
};

const series::MemoryStorage& Storage() {
  static const series::MemoryStorage* const storage = [] {
    auto* made = new series::MemoryStorage(50);
    std::mt19937_64 random(20);
    AddRandomSeries("counter", 150, {.shape = Shape::kCounter}, &random, made);
    AddRandomSeries("gauge", 150, {.shape = Shape::kGauge}, &random, made);
    AddRandomSeries("native", 40, {.shape = Shape::kHistogram}, &random, made);
    AddRandomBuckets("buckets", 30, &random, made);
    return made;
  }();
  return *storage;
}

EngineOptions Options(size_t workers) {
  EngineOptions options;
  options.features = Features::All();
  options.workers = workers;
  return options;
}

// Bit for bit: floats that differ in the last place are different texts.
std::string PointsText(const MatrixSeries& series) {
  std::string text = series.labels.ToString();
  for (const FloatPoint& point : series.floats) StrAppend(&text, "\n  ", point.t_ms, " ", std::bit_cast<uint64_t>(point.value));
  for (const HistogramPoint& point : series.histograms) StrAppend(&text, "\n  ", point.t_ms, " ", HistogramText(*point.histogram));
  return text;
}

std::string AnswerText(const QueryResult& result, const char* query) {
  std::string text;
  const Value value = result.ToValue();
  for (const MatrixSeries& series : std::get<Matrix>(value)) StrAppend(&text, PointsText(series), "\n");
  const AnnotationStrings notes = result.annotations.Strings(query);
  for (const std::string& warning : notes.warnings) StrAppend(&text, warning, "\n");
  for (const std::string& info : notes.infos) StrAppend(&text, info, "\n");
  StrAppend(&text, "samples ", result.stats.samples_total);
  return text;
}

Result<QueryResult> Ask(const series::Querier& querier, const char* query, size_t workers) {
  return Engine(Options(workers)).Range(Context::Background(), querier, query, kTimes);
}

// Equal up to the rounding of sums that were added up in another order.
bool Close(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return a == b || std::fabs(a - b) <= 1e-12 * std::max(std::fabs(a), std::fabs(b));
}

bool SameSeries(const MatrixSeries& a, const MatrixSeries& b) {
  if (a.labels != b.labels || a.floats.size() != b.floats.size() || a.histograms.size() != b.histograms.size()) return false;
  for (size_t i = 0; i < a.floats.size(); ++i) {
    if (a.floats[i].t_ms != b.floats[i].t_ms || !Close(a.floats[i].value, b.floats[i].value)) return false;
  }
  for (size_t i = 0; i < a.histograms.size(); ++i) {
    if (a.histograms[i].t_ms != b.histograms[i].t_ms) return false;
    if (!Close(a.histograms[i].histogram->sum, b.histograms[i].histogram->sum)) return false;
    if (!Close(a.histograms[i].histogram->count, b.histograms[i].histogram->count)) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("an answer does not depend on the number of workers, to the bit") {
  for (const char* query : kQueries) {
    CAPTURE(query);
    const Result<QueryResult> alone = Ask(Storage(), query, 1);
    REQUIRE(alone.status().ToString() == "OK");
    const std::string expected = AnswerText(*alone, query);
    for (const size_t workers : {2, 3, 8}) {
      CAPTURE(workers);
      const Result<QueryResult> shared = Ask(Storage(), query, workers);
      REQUIRE(shared.ok());
      CHECK((AnswerText(*shared, query) == expected));
    }
  }
}

TEST_CASE("an answer does not depend on the order in which series are read") {
  for (const char* query : kQueries) {
    CAPTURE(query);
    const Result<QueryResult> in_order = Ask(Storage(), query, 2);
    REQUIRE(in_order.ok());
    const Matrix expected = std::get<Matrix>(in_order->ToValue());
    for (const uint64_t seed : {1, 2}) {
      CAPTURE(seed);
      const Result<QueryResult> shuffled = Ask(ShuffledQuerier(&Storage(), seed), query, 2);
      REQUIRE(shuffled.status().ToString() == "OK");
      const Matrix actual = std::get<Matrix>(shuffled->ToValue());
      REQUIRE(actual.size() == expected.size());
      const bool same = std::equal(actual.begin(), actual.end(), expected.begin(), SameSeries);
      CHECK(same);
    }
  }
}

TEST_CASE("an error does not depend on the number of workers") {
  for (const char* query : {"counter / on (job) group_left gauge", "counter + on (job) gauge", "sum(label_replace(gauge, \"pod\", \"x\", \"\", \"\"))",
                            "counter / on (pod) counter"}) {
    CAPTURE(query);
    const Status expected = Ask(Storage(), query, 1).status();
    CHECK(!expected.ok());
    for (const size_t workers : {2, 3, 8}) CHECK(Ask(Storage(), query, workers).status().ToString() == expected.ToString());
  }
}

}  // namespace epi::promql
