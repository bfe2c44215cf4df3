#include "tests/support/blockgen/samples.h"

#include <algorithm>
#include <array>

namespace epi::blockgen {
namespace {

constexpr int64_t kJitterMs = 40;
constexpr uint64_t kScrapesPerRestart = 5'760;
constexpr double kPage = 4096;

// What a random stream is for.
enum Purpose : uint64_t { kTimes, kRestarts, kNumbers };

// Most observations a bucket gets per scrape, and the one scrape in which it gets any.
struct BucketRate {
  uint64_t most;
  uint64_t one_in;
};
constexpr std::array<BucketRate, kBucketsPerHistogram> kRates = {
    {{5, 2}, {12, 1}, {30, 1}, {40, 1}, {20, 1}, {9, 1}, {4, 2}, {2, 5}, {1, 20}, {1, 200}}};

constexpr std::array<uint64_t, 8> kNativeRates = {1, 3, 6, 9, 7, 4, 2, 1};

}  // namespace

Samples::Samples(uint64_t seed, int64_t start_ms, size_t scrapes)
    : seed_(seed), start_ms_(start_ms), times_ms_(scrapes), values_(scrapes) {}

Random Samples::Stream(const SeriesSpec& series, uint64_t what) const {
  uint64_t hash = seed_;
  const auto mix = [&hash](uint64_t part) {
    hash = (hash ^ part) * 0x9E3779B97F4A7C15U;
    hash ^= hash >> 32;
  };
  mix(what);
  mix(series.target);
  if (what == kTimes) mix(series.replica);
  if (what == kNumbers) mix(uint64_t{series.number} << 8 | static_cast<uint64_t>(series.kind));
  return Random(hash);
}

std::span<const int64_t> Samples::Times(const SeriesSpec& series) {
  Random random = Stream(series, kTimes);
  const int64_t phase = kJitterMs + static_cast<int64_t>(random.Uniform(kScrapeMs - 2 * kJitterMs));
  for (size_t i = 0; i < times_ms_.size(); ++i) {
    const bool off_grid = random.OneIn(4);
    const int64_t jitter = off_grid ? static_cast<int64_t>(random.Uniform(2 * kJitterMs + 1)) - kJitterMs : 0;
    times_ms_[i] = start_ms_ + static_cast<int64_t>(i) * kScrapeMs + phase + jitter;
  }
  return times_ms_;
}

void Samples::FindRestarts(const SeriesSpec& series) {
  Random random = Stream(series, kRestarts);
  restarts_.clear();
  for (size_t next = 0; next < values_.size();) {
    next += 1 + random.Uniform(2 * kScrapesPerRestart);
    restarts_.push_back(next);
  }
}

void Samples::FillCounter(const SeriesSpec& series) {
  Random random = Stream(series, kNumbers);
  FindRestarts(series);
  const bool idle = random.Uniform(10) < 3;
  // Most counters are slow, few are fast.
  const uint64_t most = uint64_t{1} << random.Uniform(9);
  double value = static_cast<double>(random.Uniform(1'000'000));
  auto restart = restarts_.begin();
  for (size_t i = 0; i < values_.size(); ++i) {
    if (i == *restart) {
      value = 0;
      ++restart;
    }
    if (!idle) value += static_cast<double>(random.Uniform(most + 1));
    values_[i] = value;
  }
}

void Samples::FillGauge(const SeriesSpec& series) {
  Random random = Stream(series, kNumbers);
  const uint64_t pages = 1000 + random.Uniform(100'000);
  double value = kPage * static_cast<double>(pages);
  for (double& one : values_) {
    if (random.OneIn(2)) value = kPage * static_cast<double>(pages + random.Uniform(256));
    one = value;
  }
}

void Samples::FillBuckets(const SeriesSpec& series) {
  const uint64_t key = uint64_t{series.target} << 32 | series.number;
  if (key == buckets_of_) return;
  buckets_of_ = key;
  Random random = Stream(series, kNumbers);
  FindRestarts(series);
  buckets_.resize(values_.size() * kBucketsPerHistogram);
  std::array<uint64_t, kBucketsPerHistogram> counts{};
  auto restart = restarts_.begin();
  for (size_t i = 0; i < values_.size(); ++i) {
    if (i == *restart) {
      counts = {};
      ++restart;
    }
    uint64_t cumulative = 0;
    for (size_t bucket = 0; bucket < counts.size(); ++bucket) {
      const BucketRate& rate = kRates[bucket];
      if (rate.one_in == 1 || random.OneIn(rate.one_in)) counts[bucket] += random.Uniform(rate.most + 1);
      cumulative += counts[bucket];
      buckets_[i * counts.size() + bucket] = static_cast<double>(cumulative);
    }
  }
}

std::span<const double> Samples::Values(const SeriesSpec& series) {
  switch (series.kind) {
    case SeriesKind::kCounter:
      FillCounter(series);
      break;
    case SeriesKind::kGauge:
      FillGauge(series);
      break;
    case SeriesKind::kBucket:
      FillBuckets(series);
      for (size_t i = 0; i < values_.size(); ++i) values_[i] = buckets_[i * kBucketsPerHistogram + series.bucket];
      break;
    case SeriesKind::kInfo:
    case SeriesKind::kNative:
      std::fill(values_.begin(), values_.end(), 1.0);
      break;
  }
  return values_;
}

std::span<const series::Histogram> Samples::Histograms(const SeriesSpec& series) {
  Random random = Stream(series, kNumbers);
  FindRestarts(series);
  histograms_.resize(values_.size());
  std::array<int64_t, kNativeRates.size()> counts{};
  series::Histogram histogram{.schema = 3, .zero_threshold = 0x1p-128, .positive_spans = {{-20, 5}, {2, 3}}};
  histogram.positive_deltas.resize(counts.size());
  auto restart = restarts_.begin();
  for (size_t i = 0; i < values_.size(); ++i) {
    if (i == *restart) {
      counts = {};
      histogram.count = 0;
      histogram.sum = 0;
      ++restart;
    }
    int64_t before = 0;
    for (size_t bucket = 0; bucket < counts.size(); ++bucket) {
      const uint64_t more = random.Uniform(kNativeRates[bucket] + 1);
      counts[bucket] += static_cast<int64_t>(more);
      histogram.count += more;
      histogram.sum += static_cast<double>(more) * 0.001 * static_cast<double>(bucket + 1);
      histogram.positive_deltas[bucket] = counts[bucket] - before;
      before = counts[bucket];
    }
    histograms_[i] = histogram;
  }
  return histograms_;
}

}  // namespace epi::blockgen
