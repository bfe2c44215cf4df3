#include "common/tsdb/chunk_iterator.h"
#include "common/tsdb/column_decoder.h"
#include "common/tsdb/histogram_encoder.h"
#include "common/tsdb/xor2_chunk.h"
#include "common/tsdb/xor_chunk.h"
#include "tests/bench/tsdb/plain_xor.h"
#include "tests/support/catch.h"
#include "tests/support/seed.h"
#include "tests/unit/tsdb/chunk_text.h"
#include "tests/unit/tsdb/random_samples.h"

namespace epi::tsdb {
namespace {

constexpr int kSeries = 10'000;
constexpr uint64_t kSamplesMax = 24;

uint64_t Seed() {
  static const uint64_t seed = TestSeed();
  return seed;
}

struct FloatSample {
  int64_t t = 0;
  int64_t start = 0;
  double value = 0;
};

std::vector<FloatSample> RandomFloats(RandomSamples* random, bool starts, uint64_t count) {
  std::vector<FloatSample> samples;
  FloatSample sample{random->FirstTime(), starts && random->OneIn(2) ? 1'741'823'000'000 : 0, 0};
  for (uint64_t i = 0; i < count; ++i) {
    if (i > 0) sample.t = random->NextTime(sample.t);
    if (starts) sample.start = random->NextStart(sample.start, sample.t);
    sample.value = random->NextValue(sample.value);
    samples.push_back(sample);
  }
  return samples;
}

void RequireSame(const FloatColumns& columns, const std::vector<FloatSample>& samples) {
  REQUIRE(columns.size() == samples.size());
  for (size_t i = 0; i < samples.size(); ++i) {
    const bool same = columns.times_ms()[i] == samples[i].t && Hex(columns.values()[i]) == Hex(samples[i].value) &&
                      (columns.start_times_ms().empty() ? 0 : columns.start_times_ms()[i]) == samples[i].start;
    if (!same) FAIL("sample " << i << " differs");
  }
}

TEST_CASE("XOR chunks give back every random series bit by bit, as the plain decoder does") {
  INFO("seed " << Seed());
  RandomSamples random(Seed());
  for (int series = 0; series < kSeries; ++series) {
    const std::vector<FloatSample> samples = RandomFloats(&random, false, 1 + random.Below(kSamplesMax));
    XorEncoder encoder;
    for (const FloatSample& sample : samples) encoder.Append(sample.t, sample.value);
    const size_t size = encoder.size_bytes();
    const std::string data = encoder.Finish();
    REQUIRE(size == data.size());
    FloatColumns columns;
    REQUIRE(DecodeXor(data, &columns).ok());
    RequireSame(columns, samples);
    std::vector<plain::Sample> plain_samples;
    plain::Decode(data, &plain_samples);
    for (size_t i = 0; i < samples.size(); ++i) REQUIRE(Hex(plain_samples[i].value) == Hex(samples[i].value));
  }
}

// Long enough for every way a decoder goes on after its first look: on the grid, off it now and then, always off it, and far off.
TEST_CASE("XOR chunks on and off the grid, of values at rest and in motion, decode as the plain decoder does") {
  INFO("seed " << Seed());
  RandomSamples random(Seed());
  for (int series = 0; series < 4'000; ++series) {
    const uint64_t off_grid_in = std::vector<uint64_t>{1, 2, 4, 20, 1'000'000}[random.Below(5)];
    const uint64_t jitter = std::vector<uint64_t>{3, 81, 20'000, 2'000'000, 10'000'000'000}[random.Below(5)];
    const uint64_t change_in = std::vector<uint64_t>{1, 2, 10, 1'000'000}[random.Below(4)];
    const uint64_t value_bits = 1 + random.Below(64);
    const uint64_t count = 1 + random.Below(400);
    XorEncoder encoder;
    std::vector<FloatSample> samples;
    uint64_t bits = std::bit_cast<uint64_t>(42.0);
    for (uint64_t i = 0; i < count; ++i) {
      const int64_t off = random.OneIn(off_grid_in) ? static_cast<int64_t>(random.Below(jitter)) : 0;
      if (random.OneIn(change_in)) bits ^= random.Below(UINT64_MAX) >> (64 - value_bits) << random.Below(65 - value_bits);
      samples.push_back({1'741'824'000'000 + static_cast<int64_t>(i) * 15'000 + off, 0, std::bit_cast<double>(bits)});
      encoder.Append(samples.back().t, samples.back().value);
    }
    const std::string data = encoder.Finish();
    FloatColumns columns;
    REQUIRE(DecodeXor(data, &columns).ok());
    RequireSame(columns, samples);
    std::vector<plain::Sample> plain_samples;
    plain::Decode(data, &plain_samples);
    REQUIRE(plain_samples.size() == count);
    for (size_t i = 0; i < count; ++i) {
      if (plain_samples[i].t_ms != samples[i].t || Hex(plain_samples[i].value) != Hex(samples[i].value)) FAIL("sample " << i);
    }
  }
}

TEST_CASE("XOR2 chunks give back every random series bit by bit, start times included") {
  INFO("seed " << Seed());
  RandomSamples random(Seed());
  for (int series = 0; series < kSeries; ++series) {
    // Some are longer than the header's 127 samples.
    const uint64_t count = random.OneIn(50) ? 200 : 1 + random.Below(kSamplesMax);
    const std::vector<FloatSample> samples = RandomFloats(&random, random.OneIn(2), count);
    Xor2Encoder encoder;
    for (const FloatSample& sample : samples) encoder.Append(sample.start, sample.t, sample.value);
    FloatColumns columns;
    REQUIRE(DecodeXor2(encoder.Finish(), &columns).ok());
    RequireSame(columns, samples);
  }
}

// What a reader gives for a histogram that was written: stale markers lose all but their sum, hints follow the header.
template <typename Histogram>
Histogram AsRead(Histogram histogram, size_t index) {
  if (series::IsStaleNan(histogram.sum)) {
    Histogram stale;
    stale.sum = histogram.sum;
    return stale;
  }
  histogram.counter_reset_hint = HintOfSample(series::CounterResetHint::kUnknown, static_cast<uint32_t>(index));
  return histogram;
}

template <typename Encoder>
void CheckHistograms(bool starts) {
  INFO("seed " << Seed());
  RandomSamples random(Seed());
  for (int series = 0; series < kSeries; ++series) {
    Encoder encoder(starts);
    typename Encoder::Sample sample;
    if constexpr (std::is_same_v<Encoder, HistogramEncoder>) {
      sample = random.Layout();
    } else {
      sample = series::ToFloat(random.Layout());
    }
    int64_t t = random.FirstTime();
    int64_t start = 0;
    SampleText expected_text;
    std::vector<std::string> expected;
    for (uint64_t i = 0; i < 1 + random.Below(kSamplesMax); ++i) {
      if (i > 0) t = random.NextTime(t);
      if (starts) start = random.NextStart(start, t);
      random.Refill(&sample);
      expected.push_back(expected_text.Format(t, start, AsRead(sample, i)));
      encoder.Append(start, t, sample);
      if (series::IsStaleNan(sample.sum)) break;
    }
    const std::string data = encoder.Finish();
    SampleText text;
    ChunkIterator it;
    REQUIRE(it.Open({encoder.encoding(), data}).ok());
    for (const std::string& line : expected) {
      REQUIRE(it.Next().value());
      REQUIRE(text.Format(&it) == line);
    }
    REQUIRE_FALSE(it.Next().value());
  }
}

TEST_CASE("integer histogram chunks give back every random series bit by bit") { CheckHistograms<HistogramEncoder>(false); }
TEST_CASE("integer histogram chunks with start times give back every random series") { CheckHistograms<HistogramEncoder>(true); }
TEST_CASE("float histogram chunks give back every random series bit by bit") { CheckHistograms<FloatHistogramEncoder>(false); }
TEST_CASE("float histogram chunks with start times give back every random series") { CheckHistograms<FloatHistogramEncoder>(true); }

std::vector<ChunkFixture> SomeChunks() {
  std::vector<ChunkFixture> chunks;
  for (const char* name : {"float-xor", "float-xor2-st", "histograms", "histograms-st"}) {
    for (SeriesFixture& series : ReadChunkFixtures(StrCat("tests/fixtures/chunks/", name, ".txt"))) {
      chunks.push_back(std::move(series.chunks.front()));
    }
  }
  return chunks;
}

// Reads whatever is there; only that it ends and stays inside its bytes matters (sanitizers watch).
void ReadAll(const ChunkData& chunk) {
  ColumnDecoder decoder;
  if (!decoder.Open(chunk).ok()) return;
  size_t samples = 0;
  while (true) {
    const Result<const series::SampleBatch*> batch = decoder.Next();
    if (!batch.ok()) {
      CHECK(batch.status().code() == StatusCode::kDataLoss);
      return;
    }
    if (*batch == nullptr) break;
    samples += (*batch)->size();
  }
  REQUIRE(samples == SampleCount(chunk).value());
}

TEST_CASE("a chunk cut short at any byte is an error or an end, never a crash") {
  for (const ChunkFixture& fixture : SomeChunks()) {
    const std::string& data = fixture.chunk.data;
    const size_t stride = 1 + data.size() / 100;
    for (size_t size = 0; size < data.size(); size += stride) {
      // A copy of its own, so that the sanitizer sees a read past the end.
      const std::vector<char> cut(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(size));
      ReadAll({fixture.chunk.encoding, {cut.data(), cut.size()}});
    }
  }
}

TEST_CASE("flipped bits in a chunk never crash a decoder") {
  INFO("seed " << Seed());
  RandomSamples random(Seed());
  const std::vector<ChunkFixture> chunks = SomeChunks();
  for (int i = 0; i < 20'000; ++i) {
    const ChunkFixture& fixture = chunks[random.Below(chunks.size())];
    std::vector<char> data(fixture.chunk.data.begin(), fixture.chunk.data.end());
    const uint64_t flips = 1 + random.Below(4);
    for (uint64_t flip = 0; flip < flips; ++flip) {
      // The first bytes hold counts and layouts: half of the flips go there.
      const size_t byte = random.OneIn(2) ? random.Below(std::min<size_t>(24, data.size())) : random.Below(data.size());
      data[byte] = static_cast<char>(data[byte] ^ 1 << random.Below(8));
    }
    ReadAll({fixture.chunk.encoding, {data.data(), data.size()}});
  }
}

TEST_CASE("a histogram chunk that claims 2^32 buckets is refused before memory is taken") {
  BitWriter writer;
  writer.Write(0, 24);
  HistogramLayout layout;
  layout.positive_spans = {{0, 0xffffffff}};
  WriteHistogramLayout(&writer, layout);
  std::string data = writer.Finish();
  PatchHistogramHeader(Encoding::kHistogram, {1, series::CounterResetHint::kUnknown, {}}, &data);
  HistogramReader reader;
  REQUIRE(reader.Open({Encoding::kHistogram, data}).ok());
  CHECK(reader.Next().status().message() == "histogram chunk claims more buckets than it can hold");
}

}  // namespace
}  // namespace epi::tsdb
