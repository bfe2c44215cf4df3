#include "common/storeapi/aggregate_cursor.h"

#include <cmath>

#include "common/storeapi/chunk_series.h"
#include "common/storeapi/counter_join.h"
#include "common/storeapi/wire_series.h"
#include "common/tsdb/chunk_cutter.h"
#include "common/tsdb/column_decoder.h"
#include "tests/support/catch.h"
#include "tests/unit/storeapi/fake_store.h"
#include "tests/unit/storeapi/recorded_calls.h"

namespace epi::storeapi {
namespace {

std::string EncodeXor(const TestSamples& samples) {
  tsdb::XorEncoder encoder;
  for (const TestSample& sample : samples) encoder.Append(sample.t_ms, sample.value);
  return encoder.Finish();
}

// Holds encoded chunks of one series and views of them.
class ChunkList {
 public:
  void Add(int64_t mint_ms, int64_t maxt_ms, const std::vector<std::pair<Aggregate, WireChunk>>& slots) {
    WireChunkSlots filled;
    for (const auto& [aggregate, chunk] : slots) filled.Set(aggregate, chunk);
    AppendChunk(&encoded_, mint_ms, maxt_ms, filled);
  }
  std::vector<AggrChunkView> views() const {
    SeriesView view;
    REQUIRE(ParseSeries(encoded_, &view).ok());
    return view.chunks;
  }

 private:
  std::string encoded_;
};

Result<TestSamples> ReadFloats(const std::vector<AggrChunkView>& chunks, AggregateUse use) {
  const auto cursor = ReadRow(chunks, use, "series", nullptr);
  TestSamples samples;
  for (;;) {
    const series::SampleBatch* batch = TRY(cursor->Next());
    if (batch == nullptr) return samples;
    for (size_t i = 0; i < batch->size(); ++i) samples.push_back({batch->times_ms[i], batch->values[i]});
  }
}

TestSamples DecodeSlot(const AggrChunkView& chunk, Aggregate aggregate) {
  const auto slots = ParseChunkSlots(chunk.encoded);
  REQUIRE(slots->Has(aggregate));
  tsdb::FloatColumns columns;
  REQUIRE(tsdb::DecodeFloats({tsdb::Encoding::kXor, (*slots)[aggregate].data}, &columns).ok());
  TestSamples samples;
  for (size_t i = 0; i < columns.times_ms().size(); ++i) samples.push_back({columns.times_ms()[i], columns.values()[i]});
  return samples;
}

// Calls `check` with each recorded series of a call.
template <typename Check>
void ForRecorded(const std::string& name, const Check& check) {
  size_t checked = 0;
  for (const RecordedCall& call : RecordedCalls("series")) {
    if (call.name.find(name) == std::string::npos) continue;
    for (const std::string& message : call.responses) {
      ResponseReader reader(message);
      for (auto part = reader.Next(); part.ok() && *part != ResponseReader::Part::kEnd; part = reader.Next()) {
        if (*part != ResponseReader::Part::kSeries) continue;
        SeriesView view;
        REQUIRE(ParseSeries(reader.body(), &view).ok());
        INFO(call.name);
        check(view.chunks);
        ++checked;
      }
    }
  }
  CHECK(checked > 0);
}

WireChunk Xor(const std::string& data) { return {.encoding = 0, .data = data, .hash = 0}; }

}  // namespace

TEST_CASE("recorded 5m and 1h series give sum divided by count") {
  for (const char* call : {"store-5m-count-sum", "store-1h-all-store"}) {
    ForRecorded(call, [](const std::vector<AggrChunkView>& chunks) {
      TestSamples expected;
      for (const AggrChunkView& chunk : chunks) {
        const TestSamples counts = DecodeSlot(chunk, Aggregate::kCount);
        const TestSamples sums = DecodeSlot(chunk, Aggregate::kSum);
        REQUIRE(counts.size() == sums.size());
        for (size_t i = 0; i < sums.size(); ++i) expected.push_back({sums[i].t_ms, sums[i].value / counts[i].value});
      }
      CHECK(*ReadFloats(chunks, AggregateUse::kAverage) == expected);
    });
  }
}

TEST_CASE("recorded min, max and count are read as they are") {
  const std::pair<AggregateUse, Aggregate> uses[] = {
      {AggregateUse::kMin, Aggregate::kMin}, {AggregateUse::kMax, Aggregate::kMax}, {AggregateUse::kCount, Aggregate::kCount}, {AggregateUse::kSum, Aggregate::kSum}};
  for (const auto& [use, aggregate] : uses) {
    ForRecorded("store-1h-all-store", [&, wanted = aggregate, read = use](const std::vector<AggrChunkView>& chunks) {
      TestSamples expected;
      for (const AggrChunkView& chunk : chunks) {
        const TestSamples part = DecodeSlot(chunk, wanted);
        expected.insert(expected.end(), part.begin(), part.end());
      }
      CHECK(*ReadFloats(chunks, read) == expected);
    });
  }
}

TEST_CASE("recorded counters rise for ever, at the windows' times") {
  ForRecorded("store-5m-aggr-4-counter", [](const std::vector<AggrChunkView>& chunks) {
    const auto samples = ReadFloats(chunks, AggregateUse::kCounter);
    REQUIRE(samples.ok());
    REQUIRE(samples->size() > 1);
    for (size_t i = 1; i < samples->size(); ++i) {
      REQUIRE((*samples)[i].t_ms > (*samples)[i - 1].t_ms);
      REQUIRE((*samples)[i].value >= (*samples)[i - 1].value);
    }
    CHECK(samples->front() == DecodeSlot(chunks.front(), Aggregate::kCounter).front());
  });
}

TEST_CASE("counter chunks are joined by their true last values") {
  // Raw: 10 20 | reset 5 15. The first chunk ends with total 20 and raw 20, the second begins at 5.
  const std::string first = EncodeXor({{0, 10}, {299999, 20}, {299999, 20}});
  const std::string second = EncodeXor({{300000, 5}, {599999, 15}, {599999, 15}});
  // Third: the raw value goes on from 15.
  const std::string third = EncodeXor({{600000, 16}, {899999, 30}, {899999, 30}});
  ChunkList chunks;
  chunks.Add(0, 299999, {{Aggregate::kCounter, Xor(first)}});
  chunks.Add(300000, 599999, {{Aggregate::kCounter, Xor(second)}});
  chunks.Add(600000, 899999, {{Aggregate::kCounter, Xor(third)}});
  CHECK(*ReadFloats(chunks.views(), AggregateUse::kCounter) ==
        TestSamples{{0, 10}, {299999, 20}, {300000, 25}, {599999, 35}, {600000, 36}, {899999, 50}});
}

TEST_CASE("raw samples after a counter chunk go on from its total, raw samples alone stay as they are") {
  // The counter was reset inside the first chunk: total 30, true value 8.
  const std::string counter = EncodeXor({{0, 10}, {299999, 30}, {299999, 8}});
  const std::string raw = EncodeXor({{300000, 9}, {315000, 11}, {330000, 2}});
  ChunkList mixed;
  mixed.Add(0, 299999, {{Aggregate::kCounter, Xor(counter)}});
  mixed.Add(300000, 330000, {{Aggregate::kRaw, Xor(raw)}});
  CHECK(*ReadFloats(mixed.views(), AggregateUse::kCounter) == TestSamples{{0, 10}, {299999, 30}, {300000, 31}, {315000, 33}, {330000, 35}});
  ChunkList alone;
  alone.Add(300000, 330000, {{Aggregate::kRaw, Xor(raw)}});
  CHECK(*ReadFloats(alone.views(), AggregateUse::kCounter) == TestSamples{{300000, 9}, {315000, 11}, {330000, 2}});
}

TEST_CASE("raw and downsampled chunks in one row are both read") {
  const std::string raw = EncodeXor({{0, 4}, {15000, 6}});
  const std::string count = EncodeXor({{299999, 2}, {599999, 4}});
  const std::string sum = EncodeXor({{299999, 10}, {599999, 6}});
  ChunkList chunks;
  chunks.Add(0, 15000, {{Aggregate::kRaw, Xor(raw)}});
  chunks.Add(299999, 599999, {{Aggregate::kCount, Xor(count)}, {Aggregate::kSum, Xor(sum)}});
  CHECK(*ReadFloats(chunks.views(), AggregateUse::kAverage) == TestSamples{{0, 4}, {15000, 6}, {299999, 5}, {599999, 1.5}});
}

TEST_CASE("the average of histograms is their sum divided by the count") {
  series::FloatHistogram sum;
  sum.count = 8;
  sum.sum = 40;
  sum.counter_reset_hint = series::CounterResetHint::kGauge;
  sum.positive_spans = {{.offset = 0, .length = 2}};
  sum.positive_buckets = {2, 6};
  std::vector<tsdb::EncodedChunk> encoded;
  tsdb::ChunkCutter cutter({}, &encoded);
  cutter.Append(0, 299999, sum);
  cutter.Finish();
  REQUIRE(encoded.size() == 1);
  const std::string count = EncodeXor({{299999, 4}});
  ChunkList chunks;
  chunks.Add(299999, 299999, {{Aggregate::kCount, Xor(count)},
                              {Aggregate::kSum, {.encoding = static_cast<uint64_t>(WireEncoding::kFloatHistogram), .data = encoded[0].data, .hash = 0}}});
  const auto cursor = ReadRow(chunks.views(), AggregateUse::kAverage, "series", nullptr);
  const auto batch = cursor->Next();
  REQUIRE(batch.ok());
  REQUIRE((*batch)->is_histogram());
  CHECK((*batch)->histograms[0].count == 2);
  CHECK((*batch)->histograms[0].sum == 10);
  CHECK((*batch)->histograms[0].positive_buckets == std::vector<double>{0.5, 1.5});
  CHECK(*cursor->Next() == nullptr);
}

TEST_CASE("a chunk without the aggregate, or of unknown encoding, is an error that names its times") {
  const std::string count = EncodeXor({{299999, 2}});
  ChunkList chunks;
  chunks.Add(0, 299999, {{Aggregate::kCount, Xor(count)}});
  CHECK(ReadFloats(chunks.views(), AggregateUse::kMin).status().ToString() ==
        "DataLoss: series: chunk with samples from 0 to 299999 has no aggregate min");
  ChunkList unknown;
  unknown.Add(0, 5, {{Aggregate::kRaw, {.encoding = 17, .data = "x", .hash = 0}}});
  CHECK(ReadFloats(unknown.views(), AggregateUse::kAverage).status().message() == "series: chunk with samples from 0 to 5 has unknown encoding 17");
  ForRecorded("store-5m-no-aggregates", [](const std::vector<AggrChunkView>& recorded) {
    CHECK(ReadFloats(recorded, AggregateUse::kAverage).status().code() == StatusCode::kDataLoss);
  });
}

TEST_CASE("histogram counters are joined like floats") {
  const auto histogram = [](double count) {
    series::FloatHistogram h;
    h.count = count;
    h.positive_spans = {{.offset = 0, .length = 1}};
    h.positive_buckets = {count};
    return h;
  };
  HistogramCounterJoin join;
  CHECK(*join.Feed(0, histogram(10)));
  CHECK(*join.Feed(1, histogram(20)));
  CHECK(!*join.Feed(1, histogram(4)));
  CHECK(*join.Feed(2, histogram(6)));
  CHECK(join.total().count == 22);
  CHECK(*join.Feed(3, histogram(1)));
  CHECK(join.total().count == 23);
  CHECK(join.total().positive_buckets == std::vector<double>{23});
}

TEST_CASE("functions ask for the aggregate they need") {
  const auto asks = [](std::string_view function) { return AggregatesOf(AggregateUseOf(function)); };
  CHECK(asks("min_over_time") == std::vector{Aggregate::kMin});
  CHECK(asks("max") == std::vector{Aggregate::kMax});
  CHECK(asks("count_over_time") == std::vector{Aggregate::kCount});
  CHECK(asks("sum_over_time") == std::vector{Aggregate::kSum});
  CHECK(asks("sum") == std::vector{Aggregate::kCount, Aggregate::kSum});
  CHECK(asks("minute") == std::vector{Aggregate::kCount, Aggregate::kSum});
  CHECK(asks("rate") == std::vector{Aggregate::kCounter});
  CHECK(asks("") == std::vector{Aggregate::kCount, Aggregate::kSum});
}

TEST_CASE("overlapping chunks are put into rows that do not overlap") {
  std::vector<AggrChunkView> chunks = {{0, 10, {}}, {5, 12, {}}, {11, 20, {}}, {13, 20, {}}, {13, 30, {}}};
  const auto rows = SplitOverlaps(chunks);
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].size() == 2);
  CHECK(rows[0][1].mint_ms == 11);
  CHECK(rows[1].size() == 2);
  CHECK(rows[2].size() == 1);
  CHECK(SplitOverlaps({}).empty());
}

}  // namespace epi::storeapi
