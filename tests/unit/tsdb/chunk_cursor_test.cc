#include "common/tsdb/chunk_cursor.h"

#include <algorithm>
#include <map>
#include <random>

#include "common/tsdb/chunk_cutter.h"
#include "tests/support/catch.h"
#include "tests/unit/tsdb/chunk_text.h"
#include "tests/unit/tsdb/random_samples.h"

namespace epi::tsdb {
namespace {

struct Point {
  int64_t t;
  double value;
};

EncodedChunk XorChunk(const std::vector<Point>& points) {
  XorEncoder encoder;
  EncodedChunk chunk{Encoding::kXor, static_cast<uint32_t>(points.size()), points.front().t, points.back().t, {}};
  for (const Point& point : points) encoder.Append(point.t, point.value);
  chunk.data = encoder.Finish();
  return chunk;
}

std::vector<ChunkView> Views(const std::vector<EncodedChunk>& chunks) {
  std::vector<ChunkView> views;
  for (size_t i = 0; i < chunks.size(); ++i) {
    views.push_back({chunks[i].mint_ms, chunks[i].maxt_ms, ChunkRef(0, static_cast<uint32_t>(8 + i)), chunks[i].view()});
  }
  return views;
}

std::string Drain(ChunkCursor* cursor) {
  std::string text;
  while (const series::SampleBatch* batch = cursor->Next().value()) {
    text += batch->is_histogram() ? "h" : "f";
    for (size_t i = 0; i < batch->size(); ++i) {
      const double value = batch->is_histogram() ? batch->histograms[i].count : batch->values[i];
      StrAppend(&text, " ", batch->times_ms[i], "=", value);
    }
    text += "\n";
  }
  return text;
}

TEST_CASE("a cursor returns one batch per chunk when chunks do not overlap") {
  const std::vector<EncodedChunk> chunks = {XorChunk({{1, 10}, {2, 20}}), XorChunk({{3, 30}, {4, 40}})};
  ChunkCursor cursor(Views(chunks), "block");
  CHECK(Drain(&cursor) == "f 1=10 2=20\nf 3=30 4=40\n");
  CHECK(cursor.Next().value() == nullptr);
}

TEST_CASE("a cursor merges overlapping chunks, and of equal times the earlier chunk's sample stays") {
  const std::vector<EncodedChunk> chunks = {XorChunk({{1, 10}, {3, 30}, {5, 50}}), XorChunk({{2, -20}, {3, -30}, {7, -70}}),
                                            XorChunk({{7, 700}, {8, 800}}), XorChunk({{9, 90}})};
  ChunkCursor cursor(Views(chunks), "block");
  CHECK(Drain(&cursor) == "f 1=10 2=-20 3=30 5=50 7=-70 8=800\nf 9=90\n");
}

TEST_CASE("a cursor drops samples that are not later than the one before") {
  const std::vector<EncodedChunk> chunks = {XorChunk({{1, 10}, {2, 20}, {2, 21}, {1, 11}, {3, 30}}), XorChunk({{4, 40}})};
  ChunkCursor cursor(Views(chunks), "block");
  CHECK(Drain(&cursor) == "f 1=10 2=20 3=30\nf 4=40\n");
}

TEST_CASE("a cursor skips whole chunks without looking at their bytes") {
  std::vector<EncodedChunk> chunks = {XorChunk({{1, 10}, {2, 20}}), XorChunk({{3, 30}, {4, 40}, {5, 50}})};
  chunks[0].data = "broken";
  ChunkCursor cursor(Views(chunks), "block");
  cursor.SkipTo(4);
  CHECK(Drain(&cursor) == "f 4=40 5=50\n");
  cursor.Reset(Views(chunks), "block 01ABC");
  const Status status = cursor.Next().status();
  CHECK(status.code() == StatusCode::kDataLoss);
  CHECK(status.message() == "block 01ABC: chunk 0:8: XOR chunk ends too early or is damaged");
}

TEST_CASE("a cursor changes batches where the kind of sample changes, in merges too") {
  series::Histogram histogram;
  histogram.count = 7;
  std::vector<EncodedChunk> chunks;
  ChunkCutter cutter({}, &chunks);
  cutter.Append(0, 1, 10.0);
  cutter.Append(0, 2, histogram);
  cutter.Append(0, 4, histogram);
  cutter.Append(0, 3, 30.0);
  cutter.Append(0, 5, 50.0);
  cutter.Finish();
  REQUIRE(chunks.size() == 3);
  ChunkCursor cursor(Views(chunks), "block");
  CHECK(Drain(&cursor) == "f 1=10\nh 2=7\nf 3=30\nh 4=7\nf 5=50\n");
}

TEST_CASE("a cursor gives start times where chunks have them") {
  Xor2Encoder encoder;
  encoder.Append(100, 1000, 1);
  encoder.Append(100, 2000, 2);
  encoder.Append(1500, 3000, 1);
  const std::vector<EncodedChunk> chunks = {{Encoding::kXor2, 3, 1000, 3000, encoder.Finish()}, XorChunk({{2500, 9}})};
  ChunkCursor cursor(Views(chunks), "block");
  const series::SampleBatch* batch = cursor.Next().value();
  REQUIRE(batch->size() == 4);
  CHECK(std::vector<int64_t>(batch->start_times_ms.begin(), batch->start_times_ms.end()) == std::vector<int64_t>{100, 100, 0, 1500});
}

TEST_CASE("an aggregate chunk in a cursor is an error that names it") {
  ChunkCursor cursor({{1, 2, ChunkRef(3, 9), {Encoding::kAggregate, "x"}}}, "block");
  CHECK(cursor.Next().status().message() == "block: chunk 3:9: an aggregate chunk has no samples of its own");
}

TEST_CASE("a cursor over random overlapping chunks equals a map filled first come first kept") {
  const uint64_t seed = std::random_device()();
  INFO("seed " << seed);
  RandomSamples random(seed);
  ChunkCursor cursor;
  for (int round = 0; round < 500; ++round) {
    std::vector<EncodedChunk> chunks;
    std::map<int64_t, double> expected;
    for (uint64_t c = 0; c < 1 + random.Below(8); ++c) {
      int64_t t = static_cast<int64_t>(random.Below(500));
      std::vector<Point> points;
      for (uint64_t i = 0; i < 1 + random.Below(60); ++i) points.push_back({t += 1 + static_cast<int64_t>(random.Below(9)), static_cast<double>(round) + static_cast<double>(c)});
      chunks.push_back(XorChunk(points));
    }
    std::stable_sort(chunks.begin(), chunks.end(), [](const auto& a, const auto& b) { return a.mint_ms < b.mint_ms; });
    FloatColumns columns;
    for (const EncodedChunk& chunk : chunks) {
      REQUIRE(DecodeFloats(chunk.view(), &columns).ok());
      for (size_t i = 0; i < columns.size(); ++i) expected.emplace(columns.times_ms()[i], columns.values()[i]);
    }
    const int64_t skip_to = random.OneIn(2) ? static_cast<int64_t>(random.Below(600)) : 0;
    cursor.Reset(Views(chunks), "block");
    cursor.SkipTo(skip_to);
    auto next = expected.lower_bound(skip_to);
    while (const series::SampleBatch* batch = cursor.Next().value()) {
      for (size_t i = 0; i < batch->size(); ++i, ++next) {
        REQUIRE(next != expected.end());
        REQUIRE(batch->times_ms[i] == next->first);
        REQUIRE(batch->values[i] == next->second);
      }
    }
    REQUIRE(next == expected.end());
  }
}

}  // namespace
}  // namespace epi::tsdb
