#include "common/tsdb/tombstones.h"

#include <random>
#include <set>

#include "common/base/file.h"
#include "tests/support/catch.h"
#include "tests/unit/tsdb/block_truth.h"

namespace epi::tsdb {
namespace {

TEST_CASE("tombstones of Prometheus are read, and written back in order of series") {
  for (const TruthBlock& block : ReadTruthBlocks()) {
    INFO(block.directory);
    const std::string path = block.directory + "/tombstones";
    const Result<Tombstones> tombstones = Tombstones::Open(path);
    REQUIRE(tombstones.ok());
    CHECK(tombstones->empty() == (block.fixture != "tombstones"));
    // Prometheus writes them in the order of a Go map.
    const std::string written = tombstones->Encode();
    CHECK(written.size() == ReadFile(path).value().size());
    CHECK((Tombstones::Parse({written, "tombstones"}).value().by_series() == tombstones->by_series()));
  }
  CHECK(Tombstones::Open("tests/fixtures/blocks/nowhere/tombstones").value().empty());
}

TEST_CASE("intervals are joined like sets of times, in whatever order they come") {
  std::mt19937 random(11);
  for (int round = 0; round < 500; ++round) {
    std::vector<Interval> intervals;
    std::set<int64_t> expected;
    for (int i = 0; i < 12; ++i) {
      const auto mint = static_cast<int64_t>(random() % 60);
      const auto maxt = mint + static_cast<int64_t>(random() % 6);
      AddInterval({mint, maxt}, &intervals);
      for (int64_t t = mint; t <= maxt; ++t) expected.insert(t);
    }
    std::set<int64_t> covered;
    for (size_t i = 0; i < intervals.size(); ++i) {
      if (i > 0) REQUIRE(intervals[i - 1].maxt_ms + 1 < intervals[i].mint_ms);
      for (int64_t t = intervals[i].mint_ms; t <= intervals[i].maxt_ms; ++t) covered.insert(t);
    }
    REQUIRE(covered == expected);
  }
}

TEST_CASE("intervals at the ends of time do not overflow") {
  std::vector<Interval> intervals;
  AddInterval({INT64_MIN, INT64_MIN}, &intervals);
  AddInterval({INT64_MAX, INT64_MAX}, &intervals);
  CHECK(intervals.size() == 2);
  AddInterval({INT64_MIN, INT64_MAX}, &intervals);
  CHECK(intervals == std::vector<Interval>{{INT64_MIN, INT64_MAX}});
}

TEST_CASE("a tombstones file in any order reads as the joined intervals") {
  Tombstones tombstones;
  tombstones.Add(7, {10, 20});
  tombstones.Add(3, {5, 6});
  tombstones.Add(7, {15, 30});
  tombstones.Add(7, {31, 31});
  const Tombstones read = Tombstones::Parse({tombstones.Encode(), "tombstones"}).value();
  CHECK(read.Count() == 2);
  const auto intervals = read.Of(7);
  REQUIRE(intervals.size() == 1);
  CHECK(intervals[0] == Interval{10, 31});
  CHECK(Covers(intervals, 12, 31));
  CHECK_FALSE(Covers(intervals, 9, 31));
  CHECK(read.Of(4).empty());
}

TEST_CASE("a damaged tombstones file is DataLoss with file and offset") {
  Tombstones tombstones;
  tombstones.Add(7, {10, 20});
  const std::string good = tombstones.Encode();
  for (size_t size = 0; size < good.size(); ++size) {
    CHECK(Tombstones::Parse({std::string_view(good).substr(0, size), "b/tombstones"}).status().code() == StatusCode::kDataLoss);
  }
  for (size_t i = 0; i < good.size() * 8; ++i) {
    std::string bad = good;
    bad[i / 8] = static_cast<char>(bad[i / 8] ^ 1 << (i % 8));
    const Status status = Tombstones::Parse({bad, "b/tombstones"}).status();
    CHECK(status.code() == StatusCode::kDataLoss);
    CHECK(status.message().starts_with("b/tombstones: tombstones at offset "));
  }
}

}  // namespace
}  // namespace epi::tsdb
