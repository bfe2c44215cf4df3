// Sample values and timestamps as text, by kind of number.
#include "common/base/go_float.h"

#include <benchmark/benchmark.h>

#include <bit>
#include <cmath>
#include <vector>

#include "common/base/random.h"

namespace epi {
namespace {

constexpr int kValues = 4096;

template <typename Make>
void Run(benchmark::State& state, Make make) {
  Random random(1);
  std::vector<double> values;
  for (int i = 0; i < kValues; ++i) values.push_back(make(&random));
  char buffer[kFloatBytesMax];
  for (auto _ : state) {
    for (const double value : values) benchmark::DoNotOptimize(WriteSampleValue(buffer, value));
  }
  state.SetItemsProcessed(state.iterations() * kValues);
}

void BM_Integers(benchmark::State& state) {
  Run(state, [](Random* random) { return static_cast<double>(random->Uniform(1'000'000)); });
}
BENCHMARK(BM_Integers);

void BM_Rates(benchmark::State& state) {
  Run(state, [](Random* random) { return static_cast<double>(random->Uniform(1'000'000)) / 300; });
}
BENCHMARK(BM_Rates);

void BM_Fractions(benchmark::State& state) {
  Run(state, [](Random* random) { return random->Fraction(); });
}
BENCHMARK(BM_Fractions);

void BM_Huge(benchmark::State& state) {
  Run(state, [](Random* random) { return std::ldexp(random->Fraction(), static_cast<int>(random->Uniform(900)) + 33); });
}
BENCHMARK(BM_Huge);

void BM_TimestampWithMs(benchmark::State& state) {
  char buffer[kTimestampBytesMax];
  int64_t time_ms = 1'700'000'000'123;
  for (auto _ : state) benchmark::DoNotOptimize(WriteTimestampMs(buffer, time_ms += 15'000));
}
BENCHMARK(BM_TimestampWithMs);

}  // namespace
}  // namespace epi

BENCHMARK_MAIN();
