// Samples per second of CPU through BlockWriter, from cursors over columns to a verified block; and of generating artificial blocks.
#include <benchmark/benchmark.h>

#include "common/base/str_cat.h"
#include "common/tsdb/block_writer.h"
#include "tests/support/blockgen/generate.h"
#include "tests/support/blockgen/samples.h"
#include "tests/support/temp_dir.h"

namespace epi::tsdb {
namespace {

constexpr int64_t kStartMs = 1'741'824'000'000;
constexpr int64_t kBlockMs = 7'200'000;
constexpr size_t kScrapes = kBlockMs / blockgen::kScrapeMs;

// 10,000 series in memory, and a cursor that gives one of them.
class Columns {
 public:
  Columns() : fleet_(blockgen::MakeFleet({.shape = blockgen::Shape::Named("mix").value().Scaled(0.1)})) {
    blockgen::Samples samples(1, kStartMs, kScrapes);
    for (const blockgen::SeriesSpec& series : fleet_) {
      const auto times = samples.Times(series);
      times_ms_.insert(times_ms_.end(), times.begin(), times.end());
      const auto values = samples.Values(series);
      values_.insert(values_.end(), values.begin(), values.end());
    }
  }
  size_t series() const { return fleet_.size(); }
  size_t samples() const { return times_ms_.size(); }
  const labels::Labels& labels(size_t i) const { return fleet_[i].labels; }
  series::SampleBatch Batch(size_t i) const {
    return {.times_ms = {times_ms_.data() + i * kScrapes, kScrapes}, .values = {values_.data() + i * kScrapes, kScrapes}};
  }

 private:
  std::vector<blockgen::SeriesSpec> fleet_;
  std::vector<int64_t> times_ms_;
  std::vector<double> values_;
};

class OneBatch final : public series::SampleCursor {
 public:
  void Reset(const series::SampleBatch& batch) {
    batch_ = batch;
    given_ = false;
  }
  Result<const series::SampleBatch*> Next() override {
    if (given_) return nullptr;
    given_ = true;
    return &batch_;
  }
  void SkipTo(int64_t) override {}

 private:
  series::SampleBatch batch_;
  bool given_ = true;
};

void BM_WriteBlock(benchmark::State& state) {
  static const Columns columns;
  const TempDir temp;
  int64_t number = 0;
  for (auto _ : state) {
    BlockMeta meta;
    meta.ulid = Ulid::Make(kStartMs + ++number, {});
    meta.min_time_ms = kStartMs;
    meta.max_time_ms = kStartMs + kBlockMs;
    auto writer = BlockWriter::Create(temp.path(), meta).value();
    OneBatch cursor;
    for (size_t i = 0; i < columns.series(); ++i) {
      cursor.Reset(columns.Batch(i));
      if (!writer->AddSeries(columns.labels(i), &cursor).ok()) state.SkipWithError("a series was refused");
    }
    if (writer->Finish(Context::Background()).value().stats.samples != columns.samples()) state.SkipWithError("samples lost");
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(columns.samples()));
}

void BM_GenerateBlock(benchmark::State& state) {
  blockgen::GenerateOptions options;
  options.fleet.shape = blockgen::Shape::Named("mix").value().Scaled(0.1);
  uint64_t samples = 0;
  for (auto _ : state) {
    const TempDir temp;
    options.directory = temp.path();
    samples += blockgen::Generate(Context::Background(), options).value().at(0).meta.stats.samples;
  }
  state.SetItemsProcessed(static_cast<int64_t>(samples));
}

BENCHMARK(BM_WriteBlock)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_GenerateBlock)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace epi::tsdb

BENCHMARK_MAIN();
