// Random queries: the engine against the reference evaluator, and against itself asked in other ways.
//
//   PROMQL_RANDOM=10000 PROMQL_SEED=7 unit_promqlgen      number of queries and seed; a failure names the query
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "common/base/str_cat.h"
#include "common/promql/engine.h"
#include "common/promql/parse.h"
#include "common/promql/print.h"
#include "tests/support/catch.h"
#include "tests/support/promqlgen/answer_diff.h"
#include "tests/support/promqlgen/data_set.h"
#include "tests/support/promqlgen/query_generator.h"
#include "tests/support/promqlref/reference_evaluator.h"

namespace epi::promqlgen {
namespace {

using promqltest::Answer;

uint64_t NumberFromEnvironment(const char* name, uint64_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

uint64_t Count() { return NumberFromEnvironment("PROMQL_RANDOM", 500); }
uint64_t Seed() {
  static const uint64_t seed = [] {
    const uint64_t value = NumberFromEnvironment("PROMQL_SEED", 1);
    std::printf("PROMQL_SEED=%llu\n", static_cast<unsigned long long>(value));
    return value;
  }();
  return seed;
}

const series::MemoryStorage& Data(size_t batch_samples_max = 7) {
  static std::map<size_t, std::unique_ptr<series::MemoryStorage>> storages;
  std::unique_ptr<series::MemoryStorage>& storage = storages[batch_samples_max];
  if (storage == nullptr) {
    storage = std::make_unique<series::MemoryStorage>(batch_samples_max);
    REQUIRE(Load(MakeData({.seed = Seed()}), storage.get()).ok());
  }
  return *storage;
}

promql::Features Everything(bool delayed_names, bool type_labels) {
  promql::Features features = promql::Features::All();
  features.delayed_name_removal = delayed_names;
  features.type_and_unit_labels = type_labels;
  return features;
}

promql::Engine MakeEngine(const promql::Features& features, size_t workers = 1) {
  promql::EngineOptions options;
  options.features = features;
  options.workers = workers;
  return promql::Engine(options);
}

Result<Answer> Ask(const promql::Engine& engine, const RandomQuery& query, const series::Querier& querier = Data()) {
  const Context& ctx = Context::Background();
  promql::QueryResult result =
      query.is_range ? TRY(engine.Range(ctx, querier, query.text, {query.start_ms, query.end_ms, query.step_ms}))
                     : TRY(engine.Instant(ctx, querier, query.text, query.start_ms));
  return Answer{result.ToValue(), result.annotations};
}

Result<Answer> Ask(promqlref::ReferenceEvaluator* reference, const RandomQuery& query) {
  if (!query.is_range) return reference->Instant(Data(), query.text, query.start_ms);
  return reference->Range(Data(), query.text, query.start_ms, query.end_ms, query.step_ms);
}

std::string Describe(const RandomQuery& query) {
  if (!query.is_range) return StrCat(query.text, "  at ", query.start_ms);
  return StrCat(query.text, "  from ", query.start_ms, " to ", query.end_ms, " step ", query.step_ms);
}

// Fails with the query unless the difference is empty.
void CheckSame(const std::string& difference, const RandomQuery& query) {
  if (difference.empty()) return;
  FAIL_CHECK(Describe(query) << "\n    " << difference);
}

// In range queries the order of elements is not fixed, and with it which of equal ones are selected.
bool SelectsInRange(const RandomQuery& query) {
  const auto has = [&query](const char* op) { return query.text.find(op) != std::string::npos; };
  return query.is_range && (has("topk") || has("bottomk") || has("limitk"));
}

void CompareWithReference(const promql::Features& features, uint64_t seed) {
  const promql::Engine engine = MakeEngine(features);
  promqlref::EvaluationOptions options;
  options.features = features;
  promqlref::ReferenceEvaluator reference(options);
  QueryGenerator generator(seed, Dialect::kModern);
  uint64_t other_selections = 0;
  for (uint64_t i = 0; i < Count() / 2; ++i) {
    const RandomQuery query = generator.Next();
    const std::string difference = Difference(Ask(&reference, query), Ask(engine, query), query.text, {});
    if (!difference.empty() && SelectsInRange(query)) {
      ++other_selections;
    } else {
      CheckSame(difference, query);
    }
  }
  CHECK(other_selections <= Count() / 1000);
}

TEST_CASE("random queries: engine and reference evaluator give the same answers") {
  CompareWithReference(Everything(false, false), Seed());
}

TEST_CASE("random queries: the same with delayed name removal and type labels") {
  CompareWithReference(Everything(true, true), Seed() + 1'000'000);
}

TEST_CASE("random queries: answers depend neither on workers nor on how samples arrive") {
  const promql::Engine one = MakeEngine(Everything(false, false));
  const promql::Engine four = MakeEngine(Everything(false, false), 4);
  QueryGenerator generator(Seed() + 2'000'000, Dialect::kModern);
  for (uint64_t i = 0; i < Count() / 5; ++i) {
    const RandomQuery query = generator.Next();
    const auto expected = Ask(one, query);
    const DiffOptions exactly = {.tolerance = 0, .ordered = true};
    CheckSame(Difference(expected, Ask(four, query), query.text, exactly), query);
    CheckSame(Difference(expected, Ask(one, query, Data(120)), query.text, exactly), query);
  }
}

// So many series that every query is shared out among the workers.
std::unique_ptr<series::MemoryStorage> WideData() {
  auto storage = std::make_unique<series::MemoryStorage>(120);
  for (const DataSeries& series : MakeData({.seed = Seed()})) {
    for (int copy = 0; copy < 20; ++copy) {
      labels::LabelsBuilder builder(series.labels);
      builder.Set("copy", StrCat(copy));
      REQUIRE(storage->Append(builder.Build(), series.samples).ok());
    }
  }
  return storage;
}

TEST_CASE("random queries: four workers share a large query and give the answer of one") {
  const std::unique_ptr<series::MemoryStorage> wide = WideData();
  const promql::Engine one = MakeEngine(Everything(false, false));
  const promql::Engine four = MakeEngine(Everything(false, false), 4);
  QueryGenerator generator(Seed() + 6'000'000, Dialect::kModern);
  for (uint64_t i = 0; i < Count() / 10; ++i) {
    const RandomQuery query = generator.Next();
    const DiffOptions exactly = {.tolerance = 0, .ordered = true};
    CheckSame(Difference(Ask(one, query, *wide), Ask(four, query, *wide), query.text, exactly), query);
  }
}

// Queries that ask for their own times, that read all steps at once, or that see the order of elements.
bool LooksAtTheRange(const std::string& text) {
  for (const char* part : {"start()", "end()", "range()", "step()", "@", "info(", "sort", "limitk"}) {
    if (text.find(part) != std::string::npos) return true;
  }
  return false;
}

promql::Vector StepOf(const promql::Matrix& matrix, int64_t t_ms) {
  promql::Vector vector;
  for (const promql::MatrixSeries& series : matrix) {
    for (const promql::FloatPoint& point : series.floats) {
      if (point.t_ms == t_ms) vector.push_back({series.labels, t_ms, point.value, nullptr});
    }
    for (const promql::HistogramPoint& point : series.histograms) {
      if (point.t_ms == t_ms) vector.push_back({series.labels, t_ms, 0, point.histogram});
    }
  }
  return vector;
}

TEST_CASE("random queries: the steps of a range query are instant queries") {
  const promql::Engine engine = MakeEngine(Everything(false, false));
  QueryGenerator generator(Seed() + 3'000'000, Dialect::kModern);
  for (uint64_t i = 0; i < Count() / 5; ++i) {
    RandomQuery query = generator.Next();
    if (!query.is_range || LooksAtTheRange(query.text)) continue;
    const auto range = Ask(engine, query);
    if (!range.ok()) continue;
    const auto& matrix = std::get<promql::Matrix>(range->value);
    for (int64_t t_ms = query.start_ms; t_ms <= query.end_ms; t_ms += query.step_ms) {
      const auto instant = Ask(engine, {query.text, false, t_ms, t_ms, 0});
      Answer step{StepOf(matrix, t_ms), {}};
      if (instant.ok() && std::holds_alternative<promql::Scalar>(instant->value)) {
        step.value = promql::Scalar{t_ms, std::get<promql::Vector>(step.value).front().value};
      }
      CheckSame(Difference(instant, Result<Answer>(step), query.text, {.annotations = false}), {query.text, false, t_ms, t_ms, 0});
    }
  }
}

// The value of the only element; nothing when there is none.
std::optional<double> OneFloat(const promql::Engine& engine, std::string text, int64_t t_ms) {
  const auto answer = Ask(engine, {std::move(text), false, t_ms, t_ms, 0});
  if (!answer.ok()) return std::nullopt;
  const auto* vector = std::get_if<promql::Vector>(&answer->value);
  if (vector == nullptr || vector->size() != 1 || vector->front().histogram != nullptr) return std::nullopt;
  return vector->front().value;
}

TEST_CASE("random queries: aggregating groups and then their results is aggregating all") {
  const promql::Engine engine = MakeEngine(Everything(false, false));
  QueryGenerator generator(Seed() + 4'000'000, Dialect::kModern);
  for (uint64_t i = 0; i < Count() / 5; ++i) {
    const RandomQuery query = generator.Next();
    const auto value = [&](const std::string& text) { return OneFloat(engine, text, query.start_ms); };
    const auto all = [&](const std::string& op) { return value(StrCat(op, "(", query.text, ")")); };
    const auto grouped = [&](const std::string& op, const std::string& outer) {
      return value(StrCat(outer, "(", op, " by (instance, job) (", query.text, "))"));
    };
    INFO(Describe(query));
    CHECK(all("count") == grouped("count", "sum"));
    for (const char* op : {"min", "max"}) {
      const std::optional<double> expected = all(op);
      const std::optional<double> actual = grouped(op, op);
      if (expected.has_value() && std::isnan(*expected)) continue;
      CHECK(expected == actual);
    }
    const std::optional<double> expected = all("sum");
    const std::optional<double> actual = grouped("sum", "sum");
    const std::optional<double> scale = value(StrCat("sum(abs(", query.text, "))"));
    if (!expected.has_value() || !scale.has_value() || !std::isfinite(*scale)) continue;
    REQUIRE(actual.has_value());
    CHECK(std::fabs(*expected - *actual) <= 1e-12 * *scale);
  }
}

TEST_CASE("random queries: what is printed parses to the same") {
  QueryGenerator generator(Seed() + 5'000'000, Dialect::kModern);
  const promql::Features features = promql::Features::All();
  for (uint64_t i = 0; i < Count(); ++i) {
    const RandomQuery query = generator.Next();
    // +Inf reads back as a sign and a number.
    if (query.text.find("Inf") != std::string::npos) continue;
    const auto expr = promql::ParseExpr(query.text, features);
    INFO(query.text);
    REQUIRE(expr.ok());
    const std::string printed = promql::Print(**expr);
    const auto again = promql::ParseExpr(printed, features);
    INFO(printed);
    REQUIRE(again.ok());
    CHECK(promql::Print(**again) == printed);
  }
}

}  // namespace
}  // namespace epi::promqlgen
