#include "common/tsdb/histogram_appender.h"

#include <map>
#include <random>

#include "common/tsdb/chunk_cutter.h"
#include "tests/support/catch.h"
#include "tests/unit/tsdb/chunk_text.h"
#include "tests/unit/tsdb/random_samples.h"

namespace epi::tsdb {
namespace {

using series::CounterResetHint;
using series::Histogram;

// Absolute counts of buckets at consecutive indexes from `first` on.
Histogram Counter(int32_t first, const std::vector<int64_t>& counts) {
  Histogram h;
  h.positive_spans = {{first, static_cast<uint32_t>(counts.size())}};
  int64_t previous = 0;
  for (const int64_t count : counts) {
    h.positive_deltas.push_back(count - previous);
    h.count += static_cast<uint64_t>(count);
    previous = count;
  }
  return h;
}
Histogram Stale() {
  Histogram h;
  h.sum = std::bit_cast<double>(series::kStaleNanBits);
  return h;
}

// Appends two histograms; the header of the second one's chunk, or "same chunk".
std::string Pair(const Histogram& first, const Histogram& second, bool as_float = false) {
  std::vector<EncodedChunk> chunks;
  ChunkCutter cutter({}, &chunks);
  for (const Histogram* h : {&first, &second}) {
    if (as_float) {
      cutter.Append(0, 1000, series::ToFloat(*h));
    } else {
      cutter.Append(0, 1000, *h);
    }
  }
  cutter.Finish();
  if (chunks.size() == 1) return "same chunk";
  const char* names[] = {"unknown", "reset", "not reset", "gauge"};
  return names[static_cast<size_t>(ReadHistogramHeader(chunks[1].view()).value().reset)];
}

TEST_CASE("a counter histogram that grew goes into the same chunk") {
  CHECK(Pair(Counter(0, {1, 2}), Counter(0, {1, 3})) == "same chunk");
  CHECK(Pair(Counter(0, {1, 2}), Counter(0, {1, 2, 5})) == "same chunk");
  CHECK(Pair(Counter(0, {1, 2}), Counter(-2, {4, 0, 1, 2})) == "same chunk");
  CHECK(Pair(Counter(0, {1, 0}), Counter(0, {7})) == "same chunk");
  CHECK(Pair(Counter(0, {}), Counter(3, {7})) == "same chunk");
  CHECK(Pair(Counter(0, {1, 2}), Stale()) == "same chunk");
}

TEST_CASE("a counter histogram that fell begins a chunk that says reset") {
  for (const bool as_float : {false, true}) {
    CHECK(Pair(Counter(0, {1, 2}), Counter(0, {1, 1}), as_float) == "reset");
    CHECK(Pair(Counter(0, {1, 2}), Counter(0, {9}), as_float) == "reset");
    CHECK(Pair(Counter(0, {5, 1}), Counter(0, {4, 8}), as_float) == "reset");
    Histogram zero_fell = Counter(0, {1, 9});
    Histogram zero = Counter(0, {1, 2});
    zero.zero_count = 3;
    CHECK(Pair(zero, zero_fell, as_float) == "reset");
    Histogram said = Counter(0, {1, 9});
    said.counter_reset_hint = CounterResetHint::kReset;
    CHECK(Pair(Counter(0, {1, 2}), said, as_float) == "reset");
  }
}

TEST_CASE("custom bounds that changed are a reset; schema and zero threshold changes and the end of staleness are unknown") {
  Histogram custom = Counter(0, {1, 2});
  custom.schema = series::kCustomBucketsSchema;
  custom.custom_values = {1, 2};
  Histogram other = custom;
  other.custom_values = {1, 3};
  CHECK(Pair(custom, other) == "reset");
  Histogram finer = Counter(0, {1, 2});
  finer.schema = 1;
  CHECK(Pair(Counter(0, {1, 2}), finer) == "unknown");
  CHECK(Pair(Counter(0, {1, 2}), finer, true) == "unknown");
  Histogram wider = Counter(0, {1, 2});
  wider.zero_threshold = 0.5;
  CHECK(Pair(Counter(0, {1, 2}), wider) == "unknown");
  CHECK(Pair(Stale(), Counter(0, {1, 2})) == "unknown");
}

TEST_CASE("gauges take any change of counts, and never share a chunk with counters") {
  Histogram gauge = Counter(0, {5, 6});
  gauge.counter_reset_hint = CounterResetHint::kGauge;
  Histogram lower = Counter(1, {2, 0, 1});
  lower.counter_reset_hint = CounterResetHint::kGauge;
  CHECK(Pair(gauge, lower) == "same chunk");
  CHECK(Pair(gauge, lower, true) == "same chunk");
  CHECK(Pair(Counter(0, {1, 2}), gauge) == "gauge");
  CHECK(Pair(gauge, Counter(0, {9, 9})) == "not reset");
  CHECK(Pair(gauge, Counter(0, {9, 9}), true) == "unknown");
}

TEST_CASE("a compaction chunk ends at 120 samples, and the next header tells that there was no reset") {
  std::vector<EncodedChunk> chunks;
  ChunkCutter cutter({}, &chunks);
  for (int64_t i = 0; i < 250; ++i) cutter.Append(0, i * 1000, Counter(0, {i, i}));
  for (int64_t i = 250; i < 500; ++i) cutter.Append(0, i * 1000, static_cast<double>(i));
  cutter.Finish();
  std::string text;
  for (const EncodedChunk& chunk : chunks) StrAppend(&text, EncodingName(chunk.encoding), " ", chunk.sample_count, " ", chunk.mint_ms, "; ");
  CHECK(text == "histogram 120 0; histogram 120 120000; histogram 10 240000; XOR 120 250000; XOR 120 370000; XOR 10 490000; ");
  CHECK(ReadHistogramHeader(chunks[0].view()).value().reset == CounterResetHint::kUnknown);
  CHECK(ReadHistogramHeader(chunks[1].view()).value().reset == CounterResetHint::kNotReset);
}

std::map<int64_t, int64_t> Populated(const std::vector<series::Span>& spans, const std::vector<int64_t>& deltas) {
  std::map<int64_t, int64_t> counts;
  int64_t index = 0;
  uint64_t count = 0;
  size_t position = 0;
  for (const series::Span& span : spans) {
    index += span.offset;
    for (uint32_t i = 0; i < span.length; ++i, ++index) {
      count += static_cast<uint64_t>(deltas[position++]);
      if (count != 0) counts[index] = static_cast<int64_t>(count);
    }
  }
  return counts;
}

TEST_CASE("random histograms with changing layouts keep their times, sums and populated buckets through any number of chunks") {
  const uint64_t seed = std::random_device()();
  INFO("seed " << seed);
  RandomSamples random(seed);
  for (int round = 0; round < 2000; ++round) {
    std::vector<EncodedChunk> chunks;
    ChunkCutter cutter({.policy = ChunkCutterOptions::Policy::kCompaction, .float_encoding = Encoding::kXor, .histogram_start_times = random.OneIn(2), .range_ms = 1},
                       &chunks);
    std::vector<std::pair<int64_t, Histogram>> written;
    int64_t t = random.FirstTime();
    Histogram h = random.Layout();
    const bool gauge = random.OneIn(2);
    for (uint64_t i = 0; i < 1 + random.Below(40); ++i) {
      t = random.NextTime(t);
      const int32_t schema = h.schema;
      if (random.OneIn(3)) h = random.Layout();
      if (!random.OneIn(10) && h.schema != series::kCustomBucketsSchema && schema != series::kCustomBucketsSchema) h.schema = schema;
      random.Refill(&h);
      h.counter_reset_hint = gauge ? CounterResetHint::kGauge : CounterResetHint::kUnknown;
      cutter.Append(0, t, h);
      written.emplace_back(t, h);
    }
    cutter.Finish();
    size_t next = 0;
    for (const EncodedChunk& chunk : chunks) {
      HistogramReader reader;
      REQUIRE(reader.Open(chunk.view()).ok());
      while (reader.Next().value()) {
        Histogram read;
        reader.CopyTo(&read);
        const auto& [expected_t, expected] = written[next++];
        REQUIRE(reader.t_ms() == expected_t);
        REQUIRE(Hex(read.sum) == Hex(expected.sum));
        if (series::IsStaleNan(read.sum)) continue;
        REQUIRE(read.schema == expected.schema);
        REQUIRE(read.count == expected.count);
        REQUIRE(Populated(read.positive_spans, read.positive_deltas) == Populated(expected.positive_spans, expected.positive_deltas));
        REQUIRE(Populated(read.negative_spans, read.negative_deltas) == Populated(expected.negative_spans, expected.negative_deltas));
      }
    }
    REQUIRE(next == written.size());
  }
}

}  // namespace
}  // namespace epi::tsdb
