// Labels as they are met: ten labels, a hash per series, a few lookups, comparisons while merging.
#include "common/labels/labels.h"

#include <benchmark/benchmark.h>

#include <vector>

#include "common/base/str_cat.h"

namespace epi::labels {
namespace {

Labels MakeLabels(int i) {
  return Labels{{"__name__", "http_request_duration_seconds_bucket"}, {"cluster", "eu1"}, {"code", "200"}, {"handler", "/api/v1/query"},
                {"instance", StrCat("10.0.", i % 200, ".", i / 200, ":9090")}, {"job", "prometheus"}, {"le", "0.25"},
                {"method", "get"}, {"pod", StrCat("web-7d9f8c-", i)}, {"replica", "0"}};
}

void BM_LabelsGetFirst(benchmark::State& state) {
  const Labels labels = MakeLabels(1);
  for (auto _ : state) benchmark::DoNotOptimize(labels.Get("__name__"));
}
BENCHMARK(BM_LabelsGetFirst);

void BM_LabelsGetLast(benchmark::State& state) {
  const Labels labels = MakeLabels(1);
  for (auto _ : state) benchmark::DoNotOptimize(labels.Get("replica"));
}
BENCHMARK(BM_LabelsGetLast);

void BM_LabelsGetMissing(benchmark::State& state) {
  const Labels labels = MakeLabels(1);
  for (auto _ : state) benchmark::DoNotOptimize(labels.Get("absent"));
}
BENCHMARK(BM_LabelsGetMissing);

void BM_LabelsHash(benchmark::State& state) {
  const Labels labels = MakeLabels(1);
  for (auto _ : state) benchmark::DoNotOptimize(labels.Hash());
}
BENCHMARK(BM_LabelsHash);

void BM_LabelsIterate(benchmark::State& state) {
  const Labels labels = MakeLabels(1);
  for (auto _ : state) {
    size_t bytes = 0;
    for (const Label label : labels) bytes += label.value.size();
    benchmark::DoNotOptimize(bytes);
  }
}
BENCHMARK(BM_LabelsIterate);

void BM_LabelsCompareNeighbours(benchmark::State& state) {
  const Labels a = MakeLabels(1);
  const Labels b = MakeLabels(2);
  for (auto _ : state) benchmark::DoNotOptimize(Labels::Compare(a, b));
}
BENCHMARK(BM_LabelsCompareNeighbours);

void BM_LabelsWithoutReplica(benchmark::State& state) {
  const Labels labels = MakeLabels(1);
  const std::vector<std::string> names = {"replica", "prometheus_replica"};
  for (auto _ : state) benchmark::DoNotOptimize(labels.Without(names));
}
BENCHMARK(BM_LabelsWithoutReplica);

void BM_LabelsFromUnsorted(benchmark::State& state) {
  const Labels labels = MakeLabels(1);
  const std::vector<Label> pairs(labels.begin(), labels.end());
  for (auto _ : state) benchmark::DoNotOptimize(Labels::FromUnsorted(pairs));
}
BENCHMARK(BM_LabelsFromUnsorted);

}  // namespace
}  // namespace epi::labels

BENCHMARK_MAIN();
