#include "tests/unit/promql/random_series.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "common/base/str_cat.h"
#include "tests/support/catch.h"

namespace epi::promql {
namespace {

using series::StoredSample;

double NextGauge(double previous, std::mt19937_64* random) {
  switch ((*random)() % 40) {
    case 0: return std::numeric_limits<double>::quiet_NaN();
    case 1: return std::numeric_limits<double>::infinity();
    case 2: return -std::numeric_limits<double>::infinity();
    case 3: return 0;
    default: break;
  }
  if ((*random)() % 3 == 0 && previous == previous) return previous;
  return (static_cast<double>((*random)() % 200'001) - 100'000) / 7;
}

std::shared_ptr<const series::FloatHistogram> NextHistogram(double grown, std::mt19937_64* random) {
  auto histogram = std::make_shared<series::FloatHistogram>();
  histogram->schema = static_cast<int32_t>((*random)() % 3);
  histogram->zero_threshold = 1e-6;
  histogram->zero_count = grown;
  histogram->positive_spans = {{static_cast<int32_t>((*random)() % 4), 2}, {1, 1}};
  histogram->positive_buckets = {grown, 2 * grown, grown + 1};
  histogram->count = 5 * grown + 1;
  histogram->sum = 12.5 * grown;
  return histogram;
}

class ListSet final : public series::SeriesSet {
 public:
  explicit ListSet(std::vector<std::unique_ptr<series::Series>> series) : series_(std::move(series)) {}
  Result<std::unique_ptr<series::Series>> Next() override {
    if (next_ == series_.size()) return std::unique_ptr<series::Series>();
    return std::move(series_[next_++]);
  }

 private:
  std::vector<std::unique_ptr<series::Series>> series_;
  size_t next_ = 0;
};

Result<std::vector<std::unique_ptr<series::Series>>> ReadAll(series::SeriesSet* set) {
  std::vector<std::unique_ptr<series::Series>> all;
  while (true) {
    std::unique_ptr<series::Series> next = TRY(set->Next());
    if (next == nullptr) return all;
    all.push_back(std::move(next));
  }
}

class WatchedSeries final : public series::Series {
 public:
  WatchedSeries(std::unique_ptr<series::Series> base, const std::function<void()>* on_open)
      : base_(std::move(base)), on_open_(on_open) {}
  const labels::Labels& labels() const override { return base_->labels(); }
  Result<std::unique_ptr<series::SampleCursor>> Samples(std::unique_ptr<series::SampleCursor> reuse) const override {
    (*on_open_)();
    return base_->Samples(std::move(reuse));
  }

 private:
  const std::unique_ptr<series::Series> base_;
  const std::function<void()>* const on_open_;
};

}  // namespace

std::vector<StoredSample> RandomSamples(const RandomSeriesOptions& options, std::mt19937_64* random) {
  std::vector<StoredSample> samples;
  double value = 0;
  const int64_t phase_ms = options.jitter ? static_cast<int64_t>((*random)() % 15'000) : 0;
  for (int64_t i = 0; i < options.samples; ++i) {
    StoredSample sample;
    sample.t_ms = phase_ms + i * options.interval_ms + (options.jitter ? static_cast<int64_t>((*random)() % 41) : 0);
    if (options.gaps && (*random)() % 25 == 0) {
      if ((*random)() % 2 == 0) continue;
      sample.value = std::bit_cast<double>(series::kStaleNanBits);
    } else if (options.shape == Shape::kGauge) {
      sample.value = value = NextGauge(value, random);
    } else {
      value = (*random)() % 50 == 0 ? 0 : value + static_cast<double>((*random)() % 1000) / 8;
      if (options.shape == Shape::kHistogram) {
        sample.histogram = NextHistogram(value, random);
      } else {
        sample.value = value;
      }
    }
    samples.push_back(std::move(sample));
  }
  return samples;
}

void AddRandomSeries(const std::string& name, int count, const RandomSeriesOptions& options, std::mt19937_64* random,
                     series::MemoryStorage* storage) {
  for (int i = 0; i < count; ++i) {
    const labels::Labels labels{{"__name__", name}, {"job", StrCat("job-", i % 7)}, {"pod", StrCat("pod-", i / 3)},
                                {"handler", StrCat("/", i % 3)}};
    REQUIRE(storage->Append(labels, RandomSamples(options, random)).ok());
  }
}

void AddRandomBuckets(const std::string& name, int pods, std::mt19937_64* random, series::MemoryStorage* storage) {
  for (int pod = 0; pod < pods; ++pod) {
    std::vector<std::vector<StoredSample>> buckets(4);
    double counts[4] = {};
    for (int64_t i = 0; i < 200; ++i) {
      double grown = 0;
      for (size_t b = 0; b < 4; ++b) {
        grown += static_cast<double>((*random)() % 9);
        counts[b] += grown;
        StoredSample sample;
        sample.t_ms = i * 15'000;
        sample.value = counts[b];
        buckets[b].push_back(std::move(sample));
      }
    }
    const char* const bounds[4] = {"0.1", "1", "10", "+Inf"};
    for (size_t b = 0; b < 4; ++b) {
      const labels::Labels labels{{"__name__", name}, {"job", StrCat("job-", pod % 7)}, {"pod", StrCat("pod-", pod)}, {"le", bounds[b]}};
      REQUIRE(storage->Append(labels, buckets[b]).ok());
    }
  }
}

Result<std::unique_ptr<series::SeriesSet>> ShuffledQuerier::Select(const Context& ctx, const series::SelectRequest& request) const {
  const std::unique_ptr<series::SeriesSet> set = TRY(base_->Select(ctx, request));
  std::vector<std::unique_ptr<series::Series>> all = TRY(ReadAll(set.get()));
  std::shuffle(all.begin(), all.end(), std::mt19937_64(seed_));
  return std::unique_ptr<series::SeriesSet>(std::make_unique<ListSet>(std::move(all)));
}

Result<std::unique_ptr<series::SeriesSet>> WatchedQuerier::Select(const Context& ctx, const series::SelectRequest& request) const {
  const std::unique_ptr<series::SeriesSet> set = TRY(base_->Select(ctx, request));
  std::vector<std::unique_ptr<series::Series>> all = TRY(ReadAll(set.get()));
  for (std::unique_ptr<series::Series>& one : all) one = std::make_unique<WatchedSeries>(std::move(one), &on_open_);
  return std::unique_ptr<series::SeriesSet>(std::make_unique<ListSet>(std::move(all)));
}

}  // namespace epi::promql
