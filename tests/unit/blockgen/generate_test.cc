#include "tests/support/blockgen/generate.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "common/tsdb/block_directory.h"
#include "common/tsdb/block_verify.h"
#include "tests/support/blockgen/samples.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

namespace epi::blockgen {
namespace {

GenerateOptions SmallOptions(const std::string& directory) {
  GenerateOptions options;
  options.directory = directory;
  options.fleet.shape = Shape::Named("mix").value().Scaled(0.001);
  return options;
}

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

size_t CountKind(const std::vector<SeriesSpec>& fleet, SeriesKind kind) {
  return static_cast<size_t>(std::count_if(fleet.begin(), fleet.end(), [&](const auto& one) { return one.kind == kind; }));
}

TEST_CASE("the mix has the series that benchmarks name") {
  const std::vector<SeriesSpec> fleet = MakeFleet({.shape = Shape::Named("mix").value()});
  CHECK(fleet.size() == 100'000);
  CHECK(CountKind(fleet, SeriesKind::kCounter) == 60'000);
  CHECK(CountKind(fleet, SeriesKind::kGauge) == 18'000);
  CHECK(CountKind(fleet, SeriesKind::kBucket) == 20'000);
  CHECK(CountKind(fleet, SeriesKind::kInfo) == 2'000);
  CHECK(std::is_sorted(fleet.begin(), fleet.end(), [](const auto& a, const auto& b) { return a.labels < b.labels; }));
  std::set<std::string_view> distinct;
  for (const SeriesSpec& series : fleet) {
    distinct.insert(series.labels.encoded());
    if (series.labels.Count() < 9 || series.labels.Count() > 10) FAIL(series.labels.ToString());
  }
  CHECK(distinct.size() == fleet.size());
  CHECK_FALSE(Shape::Named("mixed").ok());
}

TEST_CASE("scrapes keep their slot of 15 s, and a quarter is off the grid") {
  const int64_t start = 1'741'824'000'000;
  Samples samples(1, start, 4000);
  for (uint32_t target = 0; target < 20; ++target) {
    const std::span<const int64_t> times = samples.Times({.target = target});
    std::map<int64_t, size_t> phases;
    for (size_t i = 0; i < times.size(); ++i) {
      const int64_t offset = times[i] - start - static_cast<int64_t>(i) * kScrapeMs;
      if (offset < 0 || offset >= kScrapeMs) FAIL("scrape " << i << " at " << offset);
      ++phases[offset];
    }
    const auto common = std::max_element(phases.begin(), phases.end(), [](auto& a, auto& b) { return a.second < b.second; });
    CHECK(common->second > 2800);
    CHECK(common->second < 3200);
    CHECK(phases.rbegin()->first - phases.begin()->first <= 80);
  }
}

TEST_CASE("values are of their kind") {
  Samples samples(1, 0, 4000);
  size_t idle = 0;
  for (uint32_t number = 0; number < 1000; ++number) {
    const auto values = samples.Values({.kind = SeriesKind::kCounter, .target = number % 7, .number = number});
    size_t falls = 0;
    for (size_t i = 1; i < values.size(); ++i) falls += values[i] < values[i - 1] ? 1 : 0;
    CHECK(falls <= 3);
    idle += values[1] == values[0] && values[2] == values[0] && values[3] == values[0] && values[20] == values[0] ? 1 : 0;
  }
  CHECK(idle > 250);
  CHECK(idle < 400);
  const auto gauge = samples.Values({.kind = SeriesKind::kGauge});
  size_t same = 0;
  for (size_t i = 1; i < gauge.size(); ++i) {
    if (std::fmod(gauge[i], 4096) != 0) FAIL(gauge[i]);
    same += gauge[i] == gauge[i - 1] ? 1 : 0;
  }
  CHECK(same > 1800);
  CHECK(same < 2200);
  std::vector<double> below(4000, 0);
  for (uint32_t bucket = 0; bucket < kBucketsPerHistogram; ++bucket) {
    const auto counts = samples.Values({.kind = SeriesKind::kBucket, .bucket = bucket});
    for (size_t i = 0; i < counts.size(); ++i) {
      if (counts[i] < below[i]) FAIL("bucket " << bucket << " at " << i);
      below[i] = counts[i];
    }
  }
}

TEST_CASE("the same options give the same bytes, and a block that verifies") {
  const TempDir first;
  const TempDir second;
  GenerateOptions options = SmallOptions(first.path());
  options.fleet.native = true;
  const GeneratedBlock block = Generate(Context::Background(), options).value().at(0);
  CHECK(block.meta.stats.series == 2 * 51);
  CHECK(block.meta.stats.samples == 2 * 51 * 480);
  CHECK(block.meta.stats.histogram_samples == 2 * 480);
  CHECK(block.meta.max_time_ms - block.meta.min_time_ms == 7'200'000);
  CHECK_FALSE(block.meta.thanos.has_value());
  CHECK(tsdb::VerifyBlock(Context::Background(), block.path, {}).value().ToStatus().ok());
  options.directory = second.path();
  const GeneratedBlock again = Generate(Context::Background(), options).value().at(0);
  for (const std::string_view file : {"/index", "/meta.json", "/chunks/000001"}) {
    CHECK(ReadAll(block.path + std::string(file)) == ReadAll(again.path + std::string(file)));
  }
  CHECK_FALSE(Generate(Context::Background(), options).ok());
}

TEST_CASE("a longer run continues over its blocks, with the same samples in a single one") {
  const TempDir parts;
  const TempDir whole;
  GenerateOptions options = SmallOptions(parts.path());
  options.duration_ms = 5 * 3'600'000;
  const auto blocks = Generate(Context::Background(), options).value();
  REQUIRE(blocks.size() == 3);
  CHECK(blocks[2].meta.max_time_ms == options.start_ms + options.duration_ms);
  options.directory = whole.path();
  options.block_ms = options.duration_ms;
  REQUIRE(Generate(Context::Background(), options).value().size() == 1);
  const auto read = [](const std::string& directory) {
    const auto blocks_of = tsdb::BlockDirectory::Open(directory).value();
    const auto set = blocks_of->Select(Context::Background(), {}).value();
    std::vector<std::pair<int64_t, double>> samples;
    while (const auto series = set->Next().value()) {
      const auto cursor = series->Samples().value();
      while (const auto* batch = cursor->Next().value()) {
        for (size_t i = 0; i < batch->size(); ++i) samples.emplace_back(batch->times_ms[i], batch->values[i]);
      }
    }
    return samples;
  };
  const auto samples = read(parts.path());
  CHECK(samples.size() == 100 * 1200);
  CHECK((samples == read(whole.path())));
}

TEST_CASE("replicas are told apart by a series label or by an external one") {
  const TempDir labelled;
  GenerateOptions options = SmallOptions(labelled.path());
  options.fleet.replicas = 2;
  CHECK_FALSE(Generate(Context::Background(), options).ok());
  options.fleet.replica_label = "replica";
  const auto one = Generate(Context::Background(), options).value();
  REQUIRE(one.size() == 1);
  CHECK(one[0].meta.stats.series == 200);
  const TempDir apart;
  options.directory = apart.path();
  options.replica_blocks = true;
  options.external_labels = {{"cluster", "x"}};
  const auto two = Generate(Context::Background(), options).value();
  REQUIRE(two.size() == 2);
  CHECK(two[0].meta.stats.series == 100);
  CHECK(two[1].meta.thanos->labels == std::map<std::string, std::string>{{"cluster", "x"}, {"replica", "b"}});
}

}  // namespace
}  // namespace epi::blockgen
