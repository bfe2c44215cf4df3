// Random series for tests of the engine, and queriers that read them in unusual ways.
#pragma once

#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "common/series/memory_storage.h"

namespace epi::promql {

// What a series looks like.
enum class Shape : uint8_t {
  kCounter,    // Grows, with rare resets.
  kGauge,      // Positive and negative, repeats, sometimes NaN or infinite.
  kHistogram,  // Native histograms of varying layouts.
};

struct RandomSeriesOptions {
  Shape shape = Shape::kCounter;
  int64_t samples = 200;
  int64_t interval_ms = 15'000;
  bool jitter = true;
  bool gaps = true;  // Missing scrapes and stale markers.
};

// Samples from time 0 on.
std::vector<series::StoredSample> RandomSamples(const RandomSeriesOptions& options, std::mt19937_64* random);

// {__name__=name, job, pod, handler}: `count` series, 7 jobs, 3 handlers.
void AddRandomSeries(const std::string& name, int count, const RandomSeriesOptions& options, std::mt19937_64* random,
                     series::MemoryStorage* storage);

// Counters of cumulative buckets: name{job, pod, le}.
void AddRandomBuckets(const std::string& name, int pods, std::mt19937_64* random, series::MemoryStorage* storage);

// Hands out the series of another querier in an order of its own.
class ShuffledQuerier final : public series::Querier {
 public:
  ShuffledQuerier(const series::Querier* base, uint64_t seed) : base_(base), seed_(seed) {}
  Result<std::unique_ptr<series::SeriesSet>> Select(const Context& ctx, const series::SelectRequest& request) const override;
  Result<series::LabelStrings> LabelNames(const Context& ctx, const series::LabelRequest& request) const override {
    return base_->LabelNames(ctx, request);
  }
  Result<series::LabelStrings> LabelValues(const Context& ctx, const std::string& name,
                                           const series::LabelRequest& request) const override {
    return base_->LabelValues(ctx, name, request);
  }

 private:
  const series::Querier* const base_;
  const uint64_t seed_;
};

// Calls `on_open` whenever the samples of a series are about to be read.
class WatchedQuerier final : public series::Querier {
 public:
  WatchedQuerier(const series::Querier* base, std::function<void()> on_open) : base_(base), on_open_(std::move(on_open)) {}
  Result<std::unique_ptr<series::SeriesSet>> Select(const Context& ctx, const series::SelectRequest& request) const override;
  Result<series::LabelStrings> LabelNames(const Context& ctx, const series::LabelRequest& request) const override {
    return base_->LabelNames(ctx, request);
  }
  Result<series::LabelStrings> LabelValues(const Context& ctx, const std::string& name,
                                           const series::LabelRequest& request) const override {
    return base_->LabelValues(ctx, name, request);
  }

 private:
  const series::Querier* const base_;
  const std::function<void()> on_open_;
};

}  // namespace epi::promql
