// Range queries over encoded chunks: decoding, windows, grouping and joining, as a query panel asks for them.
//
// 3,000 counters (100 pods × 30 handlers), 2 h at 15 s, jittered by a few milliseconds; queries over 2 h at 30 s: 241 steps.
// samples/s counts what was decoded: ns per sample is 1e9 / that.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <random>

#include "common/base/str_cat.h"
#include "common/promql/engine.h"
#include "common/tsdb/chunk_cursor.h"
#include "common/tsdb/xor_chunk.h"

namespace epi::promql {
namespace {

constexpr int64_t kScrapeMs = 15'000;
constexpr int64_t kSamples = 481;
constexpr int kChunkSamples = 120;

struct EncodedSeries {
  labels::Labels labels;
  std::vector<std::string> bytes;
  std::vector<tsdb::ChunkView> chunks;
};

class ChunkSeries final : public series::Series {
 public:
  explicit ChunkSeries(const EncodedSeries* encoded) : encoded_(encoded) {}
  const labels::Labels& labels() const override { return encoded_->labels; }
  Result<std::unique_ptr<series::SampleCursor>> Samples(std::unique_ptr<series::SampleCursor> reuse) const override {
    if (reuse == nullptr) reuse = std::make_unique<tsdb::ChunkCursor>();
    static_cast<tsdb::ChunkCursor*>(reuse.get())->Reset(encoded_->chunks, "benchmark");
    return reuse;
  }

 private:
  const EncodedSeries* const encoded_;
};

class ChunkSet final : public series::SeriesSet {
 public:
  explicit ChunkSet(std::vector<const EncodedSeries*> series) : series_(std::move(series)) {}
  Result<std::unique_ptr<series::Series>> Next() override {
    if (next_ == series_.size()) return std::unique_ptr<series::Series>();
    return std::unique_ptr<series::Series>(std::make_unique<ChunkSeries>(series_[next_++]));
  }

 private:
  const std::vector<const EncodedSeries*> series_;
  size_t next_ = 0;
};

class ChunkQuerier final : public series::Querier {
 public:
  explicit ChunkQuerier(bool regular) {
    std::mt19937_64 random(1);
    for (int pod = 0; pod < 100; ++pod) {
      for (int handler = 0; handler < 30; ++handler) AddCounter(pod, handler, regular, &random);
    }
    std::sort(series_.begin(), series_.end(), [](const auto& a, const auto& b) { return a->labels < b->labels; });
  }
  Result<std::unique_ptr<series::SeriesSet>> Select(const Context&, const series::SelectRequest& request) const override {
    std::vector<const EncodedSeries*> found;
    for (const auto& one : series_) {
      if (labels::MatchesAll(request.matchers, one->labels)) found.push_back(one.get());
    }
    return std::unique_ptr<series::SeriesSet>(std::make_unique<ChunkSet>(std::move(found)));
  }
  Result<series::LabelStrings> LabelNames(const Context&, const series::LabelRequest&) const override {
    return series::LabelStrings();
  }
  Result<series::LabelStrings> LabelValues(const Context&, const std::string&, const series::LabelRequest&) const override {
    return series::LabelStrings();
  }

 private:
  void AddCounter(int pod, int handler, bool regular, std::mt19937_64* random) {
    auto encoded = std::make_unique<EncodedSeries>();
    encoded->labels = labels::Labels{{"__name__", "http_requests_total"}, {"pod", StrCat("pod-", pod)},
                                     {"handler", StrCat("/api/", handler)}, {"instance", "10.0.0.1:9090"}, {"job", "web"}};
    tsdb::XorEncoder encoder;
    std::vector<std::pair<int64_t, int64_t>> ranges;
    double value = 0;
    for (int64_t i = 0; i < kSamples; ++i) {
      const int64_t t_ms = i * kScrapeMs + (regular ? 0 : static_cast<int64_t>((*random)() % 9));
      value += regular ? 7 : static_cast<double>((*random)() % 1000) / 7;
      if (encoder.count() == 0) ranges.push_back({t_ms, t_ms});
      encoder.Append(t_ms, value);
      ranges.back().second = t_ms;
      if (encoder.count() == kChunkSamples || i + 1 == kSamples) encoded->bytes.push_back(encoder.Finish());
    }
    for (size_t i = 0; i < encoded->bytes.size(); ++i) {
      tsdb::ChunkView view;
      view.mint_ms = ranges[i].first;
      view.maxt_ms = ranges[i].second;
      view.chunk.encoding = tsdb::Encoding::kXor;
      view.chunk.data = encoded->bytes[i];
      encoded->chunks.push_back(view);
    }
    series_.push_back(std::move(encoded));
  }

  std::vector<std::unique_ptr<EncodedSeries>> series_;
};

const ChunkQuerier& Data(bool regular) {
  static const auto* const kRegular = new ChunkQuerier(true);
  static const auto* const kRandom = new ChunkQuerier(false);
  return regular ? *kRegular : *kRandom;
}

constexpr const char* kQueries[] = {
    "http_requests_total",
    "sum(http_requests_total)",
    "sum by (pod) (http_requests_total)",
    "rate(http_requests_total[1m])",
    "sum(rate(http_requests_total[1m]))",
    "sum(rate(http_requests_total[10m]))",
    "sum by (pod) (rate(http_requests_total[5m]))",
    "sum_over_time(http_requests_total[1h])",
    "max_over_time(http_requests_total[1h])",
    "stddev_over_time(http_requests_total[10m])",
    "quantile_over_time(0.9, http_requests_total[10m])",
    "sum_over_time(rate(http_requests_total[1m])[10m:1m])",
    "http_requests_total * 10",
    "clamp(1 - http_requests_total, 0, 1000)",
    "http_requests_total / on (pod, handler) http_requests_total",
    "http_requests_total / on (pod) group_left sum by (pod) (http_requests_total)",
    "topk(5, rate(http_requests_total[5m]))",
    "quantile(0.9, http_requests_total)",
    "count_values(\"v\", ceil(http_requests_total / 1000))",
    "label_replace(http_requests_total, \"short\", \"$1\", \"handler\", \"/api/(.*)\")",
};

// Arguments: query, regular data (1) or jittered with random increments (0), workers.
void BM_RangeQuery(benchmark::State& state) {
  const char* query = kQueries[state.range(0)];
  const ChunkQuerier& data = Data(state.range(1) != 0);
  EngineOptions options;
  options.workers = static_cast<size_t>(state.range(2));
  const Engine engine(options);
  for (auto _ : state) {
    const Result<QueryResult> result =
        engine.Range(Context::Background(), data, query, {.start_ms = 0, .end_ms = 7'200'000, .step_ms = 30'000});
    if (!result.ok()) state.SkipWithError(result.status().ToString().c_str());
    benchmark::DoNotOptimize(result);
  }
  state.SetLabel(query);
  state.counters["samples/s"] =
      benchmark::Counter(3000.0 * kSamples * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

void Arguments(benchmark::internal::Benchmark* bench) {
  for (int query = 0; query < static_cast<int>(std::size(kQueries)); ++query) bench->Args({query, 1, 1});
  for (const int query : {4, 5}) {
    bench->Args({query, 0, 1});
    bench->Args({query, 1, 2});
  }
}
BENCHMARK(BM_RangeQuery)->Apply(Arguments)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace epi::promql

BENCHMARK_MAIN();
