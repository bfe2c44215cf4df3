#include "tests/support/promqlgen/native_series.h"

#include <limits>

#include "tests/support/promqlgen/data_set.h"

namespace epi::promqlgen {
namespace {

NativeValue Present(const BucketMap& buckets) {
  return {true, 0, std::make_shared<const series::FloatHistogram>(buckets.Build())};
}

}  // namespace

void NativeSeriesMaker::Observe(BucketMap* buckets) {
  for (size_t i = random_->Uniform(5); i > 0; --i) {
    // Not below the zero bucket.
    const auto index = static_cast<int32_t>(random_->Uniform(9)) - (buckets->zero_threshold > 0.1 ? 0 : 4);
    if (random_->OneIn(4)) {
      buckets->zero_count += 1;
    } else if (random_->OneIn(5)) {
      buckets->negative[index] += 1;
      buckets->sum -= 1.5;
    } else {
      buckets->positive[index] += 1;
      buckets->sum += 2.25;
    }
  }
}

void NativeSeriesMaker::ObserveCustom(BucketMap* buckets) {
  for (size_t i = random_->Uniform(5); i > 0; --i) {
    buckets->positive[static_cast<int32_t>(random_->Uniform(buckets->custom_values.size() + 1))] += 1;
    buckets->sum += 0.75;
  }
}

NativeSeries NativeSeriesMaker::Growing(labels::Labels labels, bool changes) {
  NativeSeries series{std::move(labels), {}};
  BucketMap buckets;
  buckets.zero_threshold = 0.001;
  buckets.schema = 1;
  for (size_t i = 0; i < kScrapes; ++i) {
    if (random_->OneIn(45)) buckets = BucketMap{.schema = buckets.schema, .zero_threshold = buckets.zero_threshold};
    if (changes && random_->OneIn(35)) {
      buckets = BucketMap{.schema = static_cast<int32_t>(random_->Uniform(4)) - 1, .zero_threshold = random_->OneIn(2) ? 0.001 : 0.25};
    }
    if (changes && random_->OneIn(80)) {
      buckets.extra_count += 1;
      buckets.sum = std::numeric_limits<double>::quiet_NaN();
    }
    Observe(&buckets);
    series.values.push_back(random_->OneIn(30) ? NativeValue() : Present(buckets));
  }
  return series;
}

NativeSeries NativeSeriesMaker::Gauge(labels::Labels labels) {
  NativeSeries series{std::move(labels), {}};
  for (size_t i = 0; i < kScrapes; ++i) {
    BucketMap buckets;
    buckets.hint = series::CounterResetHint::kGauge;
    buckets.schema = random_->OneIn(3) ? 0 : 1;
    Observe(&buckets);
    Observe(&buckets);
    series.values.push_back(Present(buckets));
  }
  return series;
}

NativeSeries NativeSeriesMaker::Custom(labels::Labels labels, bool changes) {
  NativeSeries series{std::move(labels), {}};
  BucketMap buckets;
  buckets.schema = series::kCustomBucketsSchema;
  buckets.custom_values = {0.1, 0.5, 1, 5};
  for (size_t i = 0; i < kScrapes; ++i) {
    if (random_->OneIn(45)) buckets.positive.clear();
    if (changes && random_->OneIn(30)) {
      buckets.custom_values = random_->OneIn(2) ? std::vector<double>{0.5, 1, 2.5} : std::vector<double>{-1, 0.1, 0.5, 1, 5};
      buckets.positive.clear();
    }
    ObserveCustom(&buckets);
    series.values.push_back(Present(buckets));
  }
  return series;
}

NativeSeries NativeSeriesMaker::Mixed(labels::Labels labels, bool with_floats) {
  NativeSeries series = Growing(labels, false);
  const NativeSeries custom = Custom(labels, false);
  bool other = false;
  for (size_t i = 0; i < kScrapes; ++i) {
    if (random_->OneIn(20)) other = !other;
    if (!other) continue;
    series.values[i] = with_floats ? NativeValue{true, static_cast<double>(i), nullptr} : custom.values[i];
  }
  return series;
}

std::vector<NativeSeries> NativeSeriesMaker::Make() {
  std::vector<NativeSeries> all;
  for (const char* instance : {"i1", "i2", "i3"}) {
    const bool changes = instance[1] != '1';
    all.push_back(Growing({{"__name__", "rpc_seconds"}, {"job", "api"}, {"instance", instance}}, changes));
    all.push_back(Custom({{"__name__", "nhcb_seconds"}, {"job", "api"}, {"instance", instance}}, changes));
  }
  all.push_back(Gauge({{"__name__", "rpc_gauge"}, {"job", "api"}, {"instance", "i1"}}));
  all.push_back(Gauge({{"__name__", "rpc_gauge"}, {"job", "web"}, {"instance", "i2"}}));
  all.push_back(Mixed({{"__name__", "mixed"}, {"job", "api"}, {"instance", "i1"}}, true));
  all.push_back(Mixed({{"__name__", "mixed_schemas"}, {"job", "api"}, {"instance", "i1"}}, false));
  NativeSeries beside = Growing({{"__name__", "latency_seconds_bucket"}, {"job", "api"}}, false);
  for (size_t i = 0; i < kScrapes / 2; ++i) beside.values[i] = NativeValue();
  all.push_back(std::move(beside));
  return all;
}

}  // namespace epi::promqlgen
