#include "common/series/memory_storage.h"

#include <bit>
#include <string>

#include "common/series/float_histogram_math.h"
#include "tests/support/catch.h"

namespace epi::series {
namespace {

using series::CounterResetHint;

std::shared_ptr<const series::FloatHistogram> Counted(double count, CounterResetHint hint = CounterResetHint::kUnknown) {
  series::FloatHistogram histogram;
  histogram.counter_reset_hint = hint;
  histogram.count = count;
  histogram.positive_spans = {{.offset = 0, .length = 1}};
  histogram.positive_buckets = {count};
  return std::make_shared<const series::FloatHistogram>(histogram);
}

struct ReadSample {
  int64_t t_ms;
  double value;
  bool histogram;
  CounterResetHint hint;
  int64_t start_ms;
};

std::vector<ReadSample> ReadAll(const MemoryStorage& storage, int64_t mint_ms, int64_t maxt_ms, int64_t skip_to_ms = 0) {
  series::SelectRequest request;
  request.mint_ms = mint_ms;
  request.maxt_ms = maxt_ms;
  std::vector<ReadSample> samples;
  const auto set = storage.Select(Context::Background(), request);
  REQUIRE(set.ok());
  while (auto series = (*set)->Next().value()) {
    const auto cursor = series->Samples().value();
    cursor->SkipTo(skip_to_ms);
    while (const series::SampleBatch* batch = cursor->Next().value()) {
      REQUIRE_FALSE(batch->empty());
      for (size_t i = 0; i < batch->size(); ++i) {
        const bool histogram = batch->is_histogram();
        samples.push_back({batch->times_ms[i], histogram ? batch->histograms[i].sum : batch->values[i], histogram,
                           histogram ? batch->histograms[i].counter_reset_hint : CounterResetHint::kUnknown,
                           batch->start_times_ms.empty() ? 0 : batch->start_times_ms[i]});
      }
    }
  }
  return samples;
}

TEST_CASE("samples are read in batches within the range asked for") {
  MemoryStorage storage(3);
  std::vector<StoredSample> samples;
  for (int64_t t_ms = 0; t_ms < 10; ++t_ms) samples.push_back({.t_ms = t_ms, .value = 1, .histogram = nullptr, .start_ms = t_ms / 5});
  REQUIRE(storage.Append({{"__name__", "a"}}, samples).ok());
  const auto read = ReadAll(storage, 2, 8);
  REQUIRE(read.size() == 7);
  CHECK(read.front().t_ms == 2);
  CHECK(read.back().t_ms == 8);
  CHECK(read.back().start_ms == 1);
  CHECK(ReadAll(storage, 0, 9, 8).size() == 2);
  CHECK(ReadAll(storage, 20, 30).empty());
}

TEST_CASE("reset hints are those of chunks") {
  MemoryStorage storage;
  const std::vector<StoredSample> samples = {
      {.t_ms = 1, .value = 0, .histogram = Counted(5), .start_ms = 0},
      {.t_ms = 2, .value = 0, .histogram = Counted(6), .start_ms = 0},
      {.t_ms = 3, .value = 0, .histogram = Counted(2), .start_ms = 0},
      {.t_ms = 4, .value = 0, .histogram = Counted(3, CounterResetHint::kReset), .start_ms = 0},
      {.t_ms = 5, .value = 0, .histogram = Counted(4, CounterResetHint::kGauge), .start_ms = 0},
      {.t_ms = 6, .value = std::bit_cast<double>(series::kStaleNanBits), .histogram = nullptr, .start_ms = 0},
      {.t_ms = 7, .value = 1, .histogram = nullptr, .start_ms = 0},
  };
  REQUIRE(storage.Append({{"__name__", "h"}}, samples).ok());
  const auto read = ReadAll(storage, 0, 10);
  REQUIRE(read.size() == 7);
  CHECK(read[0].hint == CounterResetHint::kUnknown);
  CHECK(read[1].hint == CounterResetHint::kNotReset);
  CHECK(read[2].hint == CounterResetHint::kUnknown);
  CHECK(read[3].hint == CounterResetHint::kUnknown);
  CHECK(read[4].hint == CounterResetHint::kGauge);
  CHECK(read[5].histogram);
  CHECK(series::IsStaleNan(read[5].value));
  CHECK_FALSE(read[6].histogram);
}

TEST_CASE("old samples are refused, the newest again is ignored") {
  MemoryStorage storage;
  const StoredSample one{.t_ms = 5, .value = 1, .histogram = nullptr, .start_ms = 0};
  const StoredSample other{.t_ms = 5, .value = 2, .histogram = nullptr, .start_ms = 0};
  const labels::Labels labels = {{"__name__", "a"}};
  REQUIRE(storage.Append(labels, {&one, 1}).ok());
  CHECK(storage.Append(labels, {&one, 1}).ok());
  CHECK(storage.Append(labels, {&other, 1}).code() == StatusCode::kFailedPrecondition);
  CHECK(ReadAll(storage, 0, 10).size() == 1);
}

TEST_CASE("label names and values come from series in range") {
  MemoryStorage storage;
  const StoredSample early{.t_ms = 5, .value = 1, .histogram = nullptr, .start_ms = 0};
  const StoredSample late{.t_ms = 50, .value = 1, .histogram = nullptr, .start_ms = 0};
  REQUIRE(storage.Append({{"__name__", "a"}, {"x", "1"}}, {&early, 1}).ok());
  REQUIRE(storage.Append({{"__name__", "b"}, {"x", "2"}}, {&late, 1}).ok());
  series::LabelRequest request;
  CHECK(storage.LabelValues(Context::Background(), "x", request)->values == std::vector<std::string>{"1", "2"});
  request.maxt_ms = 10;
  CHECK(storage.LabelValues(Context::Background(), "x", request)->values == std::vector<std::string>{"1"});
  CHECK(storage.LabelNames(Context::Background(), request)->values == std::vector<std::string>{"__name__", "x"});
  request.limit = 1;
  CHECK(storage.LabelNames(Context::Background(), request)->values == std::vector<std::string>{"__name__"});
}

}  // namespace
}  // namespace epi::series
