// promql_random: asks the engine and the reference evaluator the same random queries and prints every difference.
//
//   PROMQL_RANDOM=10000 PROMQL_SEED=7 promql_random        number of queries and seed; both are printed
//
// Exits with 1 when any answer differs.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "common/base/str_cat.h"
#include "common/promqltest/engine_evaluator.h"
#include "tests/support/promqlgen/answer_diff.h"
#include "tests/support/promqlgen/data_set.h"
#include "tests/support/promqlgen/query_generator.h"
#include "tests/support/promqlref/reference_evaluator.h"

namespace epi::promqlgen {
namespace {

uint64_t NumberFromEnvironment(const char* name, uint64_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

Result<promqltest::Answer> Ask(promqltest::Evaluator* evaluator, const series::Querier& querier, const RandomQuery& query) {
  if (!query.is_range) return evaluator->Instant(querier, query.text, query.start_ms);
  return evaluator->Range(querier, query.text, query.start_ms, query.end_ms, query.step_ms);
}

std::string Describe(const RandomQuery& query) {
  if (!query.is_range) return StrCat(query.text, "  at ", query.start_ms);
  return StrCat(query.text, "  from ", query.start_ms, " to ", query.end_ms, " step ", query.step_ms);
}

int Run() {
  const uint64_t count = NumberFromEnvironment("PROMQL_RANDOM", 500);
  const uint64_t seed = NumberFromEnvironment("PROMQL_SEED", 1);
  std::printf("%llu random queries, PROMQL_SEED=%llu\n", static_cast<unsigned long long>(count), static_cast<unsigned long long>(seed));
  series::MemoryStorage storage;
  const Status loaded = Load(MakeData({.seed = seed}), &storage);
  if (!loaded.ok()) {
    std::printf("%s\n", loaded.ToString().c_str());
    return 1;
  }
  promqltest::EngineEvaluator engine;
  promqlref::ReferenceEvaluator reference;
  QueryGenerator generator(seed, Dialect::kModern);
  uint64_t different = 0;
  uint64_t failed = 0;
  uint64_t empty = 0;
  for (uint64_t i = 0; i < count; ++i) {
    const RandomQuery query = generator.Next();
    const auto expected = Ask(&reference, storage, query);
    const auto actual = Ask(&engine, storage, query);
    if (!expected.ok()) ++failed;
    if (expected.ok() && std::holds_alternative<promql::Matrix>(expected->value) && std::get<promql::Matrix>(expected->value).empty()) ++empty;
    const std::string difference = Difference(expected, actual, query.text, {});
    if (difference.empty()) continue;
    ++different;
    std::printf("#%llu %s\n    %s\n", static_cast<unsigned long long>(i), Describe(query).c_str(), difference.c_str());
  }
  std::printf("%llu different, %llu failed alike, %llu empty\n", static_cast<unsigned long long>(different), static_cast<unsigned long long>(failed), static_cast<unsigned long long>(empty));
  return different == 0 ? 0 : 1;
}

}  // namespace
}  // namespace epi::promqlgen

int main() { return epi::promqlgen::Run(); }
