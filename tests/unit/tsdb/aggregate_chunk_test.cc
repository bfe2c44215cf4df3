#include "common/tsdb/aggregate_chunk.h"

#include <cstdlib>

#include "common/tsdb/chunk_cutter.h"
#include "common/tsdb/histogram_encoder.h"
#include "tests/support/catch.h"
#include "tests/support/seed.h"
#include "tests/unit/tsdb/chunk_text.h"
#include "tests/unit/tsdb/random_samples.h"

namespace epi::tsdb {
namespace {

// A chunk of Thanos as text: `chunk …` as elsewhere, then per slot `slot <name> <XOR|floathistogram|absent>` and its samples.
struct AggregateFixture {
  EncodedChunk chunk;
  std::vector<std::string> lines;
};

std::vector<AggregateFixture> ReadFixtures() {
  const char* other = std::getenv("EPI_AGGREGATE_FIXTURES");
  std::vector<AggregateFixture> fixtures;
  for (SeriesFixture& series : ReadChunkFixtures(other != nullptr ? other : "tests/fixtures/aggregate_chunks/thanos.txt")) {
    fixtures.push_back({std::move(series.chunks[0].chunk), std::move(series.chunks[0].samples)});
  }
  return fixtures;
}

constexpr const char* kSlotNames[] = {"count", "sum", "min", "max", "counter"};

std::vector<std::string> Describe(const AggregateChunk& chunk) {
  std::vector<std::string> lines;
  for (size_t slot = 0; slot < kAggregateSlots; ++slot) {
    const ChunkData& data = chunk.slots[slot];
    const bool absent = data.encoding == Encoding::kNone;
    lines.push_back(StrCat("slot ", kSlotNames[slot], " ", absent ? "absent" : EncodingName(data.encoding)));
    if (absent) continue;
    SampleText text;
    ChunkIterator it;
    REQUIRE(it.Open(data).ok());
    while (it.Next().value()) lines.push_back(text.Format(&it));
  }
  return lines;
}

TEST_CASE("every aggregate chunk of Thanos decodes to its samples and encodes to its bytes") {
  const std::vector<AggregateFixture> fixtures = ReadFixtures();
  REQUIRE(fixtures.size() > 10);
  for (const AggregateFixture& fixture : fixtures) {
    REQUIRE(fixture.chunk.encoding == Encoding::kAggregate);
    REQUIRE(SampleCount(fixture.chunk.view()).value() == fixture.chunk.sample_count);
    const AggregateChunk chunk = ParseAggregateChunk(fixture.chunk.data).value();
    REQUIRE(Describe(chunk) == fixture.lines);
    REQUIRE(EncodeAggregateChunk(chunk) == fixture.chunk.data);
  }
}

TEST_CASE("the XOR slots of Thanos' aggregate chunks re-encode to the same bytes") {
  for (const AggregateFixture& fixture : ReadFixtures()) {
    const AggregateChunk chunk = ParseAggregateChunk(fixture.chunk.data).value();
    for (const ChunkData& slot : chunk.slots) {
      if (slot.encoding != Encoding::kXor) continue;
      FloatColumns columns;
      REQUIRE(DecodeXor(slot.data, &columns).ok());
      XorEncoder encoder;
      for (size_t i = 0; i < columns.size(); ++i) encoder.Append(columns.times_ms()[i], columns.values()[i]);
      REQUIRE(encoder.Finish() == slot.data);
    }
  }
}

TEST_CASE("aggregate chunks of 10,000 random series give back every slot") {
  const uint64_t seed = TestSeed();
  INFO("seed " << seed);
  RandomSamples random(seed);
  for (int series = 0; series < 10'000; ++series) {
    std::array<std::string, kAggregateSlots> data;
    AggregateChunk chunk;
    for (size_t slot = 0; slot < kAggregateSlots; ++slot) {
      if (random.OneIn(4)) continue;
      ChunkData& written = chunk.slots[slot];
      if (random.OneIn(3)) {
        FloatHistogramEncoder encoder(false);
        series::FloatHistogram sample = series::ToFloat(random.Layout());
        int64_t t = random.FirstTime();
        for (uint64_t i = 0; i < 1 + random.Below(4); ++i, t = random.NextTime(t)) {
          random.Refill(&sample);
          encoder.Append(0, t, sample);
          if (series::IsStaleNan(sample.sum)) break;
        }
        written.encoding = encoder.encoding();
        data[slot] = encoder.Finish();
      } else {
        XorEncoder encoder;
        int64_t t = random.FirstTime();
        for (uint64_t i = 0; i < 1 + random.Below(20); ++i, t = random.NextTime(t)) encoder.Append(t, random.NextValue(1));
        written.encoding = Encoding::kXor;
        data[slot] = encoder.Finish();
      }
      written.data = data[slot];
    }
    const std::string bytes = EncodeAggregateChunk(chunk);
    const AggregateChunk read = ParseAggregateChunk(bytes).value();
    REQUIRE(Describe(read) == Describe(chunk));
    REQUIRE(EncodeAggregateChunk(read) == bytes);
  }
}

TEST_CASE("an aggregate chunk cut short or with bytes left over is an error") {
  const std::string data = ReadFixtures().front().chunk.data;
  for (size_t size = 0; size < data.size(); ++size) {
    REQUIRE(ParseAggregateChunk(std::string_view(data).substr(0, size)).status().code() == StatusCode::kDataLoss);
  }
  CHECK(ParseAggregateChunk(data + "x").status().message() == "aggregate chunk has 1 bytes after its last slot");
  CHECK(ParseAggregateChunk(std::string("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x01", 11)).status().code() == StatusCode::kDataLoss);
  CHECK(ParseAggregateChunk(std::string("\1\0x\0\0\0\0", 7)).status().message() == "aggregate chunk has a slot without encoding");
}

TEST_CASE("an aggregate chunk without a count has no samples, and one with a strange count is an error") {
  CHECK(SampleCount({Encoding::kAggregate, std::string_view("\0\0\0\0\0", 5)}).value() == 0);
  AggregateChunk nested;
  nested[AggregateSlot::kCount] = {Encoding::kAggregate, "xx"};
  CHECK(SampleCount({Encoding::kAggregate, EncodeAggregateChunk(nested)}).status().code() == StatusCode::kDataLoss);
}

}  // namespace
}  // namespace epi::tsdb
