// One match per label value, by the shape of the pattern; the last two reach RE2.
#include "common/labels/matcher.h"

#include <benchmark/benchmark.h>

#include <vector>

#include "common/base/str_cat.h"

namespace epi::labels {
namespace {

std::vector<std::string> Values() {
  static constexpr std::string_view kServices[] = {"frontend", "backend", "items", "orders", "cart"};
  static constexpr std::string_view kParts[] = {"web", "details", "api", "worker"};
  std::vector<std::string> values;
  for (int i = 0; i < 20000; ++i) values.push_back(StrCat(kServices[i % 5], "-", kParts[i / 5 % 4], "-v", i));
  return values;
}

void Match(benchmark::State& state, const std::string& pattern) {
  const std::vector<std::string> values = Values();
  const Result<Matcher> matcher = Matcher::Make(MatchType::kRegex, "job", pattern);
  size_t matches = 0;
  for (auto _ : state) {
    for (const std::string& value : values) matches += static_cast<size_t>(matcher->Matches(value));
  }
  benchmark::DoNotOptimize(matches);
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(values.size()));
}

std::string Alternation(int count) {
  std::string pattern;
  for (int i = 0; i < count; ++i) StrAppend(&pattern, i == 0 ? "" : "|", "orders-api-v", i * 7);
  return pattern;
}

BENCHMARK_CAPTURE(Match, literal, "orders-api-v18");
BENCHMARK_CAPTURE(Match, prefix, "frontend-.*");
BENCHMARK_CAPTURE(Match, suffix, ".*9");
BENCHMARK_CAPTURE(Match, contains, ".*items.*");
BENCHMARK_CAPTURE(Match, any, ".+");
BENCHMARK_CAPTURE(Match, alternation_of_5, Alternation(5));
BENCHMARK_CAPTURE(Match, alternation_of_50, Alternation(50));
BENCHMARK_CAPTURE(Match, alternation_of_globs, "frontend-.*|cart-.*|.*-v1");
BENCHMARK_CAPTURE(Match, re2_classes, "[a-z]+-[a-z]+-v[0-9]+");
BENCHMARK_CAPTURE(Match, re2_with_prefix, "frontend-[a-z]+-v[0-9]+");

void BM_Compile(benchmark::State& state) {
  const std::string pattern = Alternation(static_cast<int>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(Matcher::Make(MatchType::kRegex, "job", pattern));
}
BENCHMARK(BM_Compile)->Arg(5)->Arg(50)->Arg(5000);

}  // namespace
}  // namespace epi::labels

BENCHMARK_MAIN();
