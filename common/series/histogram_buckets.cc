#include "common/series/histogram_buckets.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "common/series/bucket_list.h"

namespace epi::series {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

// Upper bound of custom bucket `index`: its custom value, +Inf for the last one.
double CustomBound(const FloatHistogram& histogram, int64_t index) {
  if (index < 0) return -kInf;
  if (static_cast<uint64_t>(index) >= histogram.custom_values.size()) return kInf;
  return histogram.custom_values[static_cast<size_t>(index)];
}

}  // namespace

double Bucket::FractionBelow(double value, bool linear) const {
  if (linear) return (value - lower) / (upper - lower);
  const double log_lower = std::log2(std::abs(lower));
  const double log_upper = std::log2(std::abs(upper));
  const double log_value = std::log2(std::abs(value));
  if (value > 0) return (log_value - log_lower) / (log_upper - log_lower);
  return 1 - (log_value - log_upper) / (log_lower - log_upper);
}

Bucket ZeroBucket(const FloatHistogram& histogram) {
  return {-histogram.zero_threshold, histogram.zero_threshold, histogram.zero_count, true, true};
}

Bucket PositiveBucket(const FloatHistogram& histogram, int64_t index, double count) {
  if (histogram.UsesCustomBuckets()) {
    const double lower = CustomBound(histogram, index - 1);
    return {lower, CustomBound(histogram, index), count, lower == -kInf, true};
  }
  return {ExponentialBound(index - 1, histogram.schema), ExponentialBound(index, histogram.schema), count, false, true};
}

Bucket NegativeBucket(const FloatHistogram& histogram, int64_t index, double count) {
  return {-ExponentialBound(index, histogram.schema), -ExponentialBound(index - 1, histogram.schema), count, true, false};
}

std::vector<Bucket> StoredBuckets(const FloatHistogram& histogram) {
  std::vector<Bucket> buckets;
  buckets.reserve(histogram.negative_buckets.size() + histogram.positive_buckets.size() + 1);
  for (const IndexedCount& bucket : ExpandBuckets(histogram.negative_spans, histogram.negative_buckets)) {
    buckets.push_back(NegativeBucket(histogram, bucket.index, bucket.count));
  }
  std::reverse(buckets.begin(), buckets.end());
  if (histogram.zero_count > 0) buckets.push_back(ZeroBucket(histogram));
  for (const IndexedCount& bucket : ExpandBuckets(histogram.positive_spans, histogram.positive_buckets)) {
    buckets.push_back(PositiveBucket(histogram, bucket.index, bucket.count));
  }
  return buckets;
}

std::vector<Bucket> AllBuckets(const FloatHistogram& histogram) {
  std::vector<Bucket> buckets = StoredBuckets(histogram);
  if (histogram.UsesCustomBuckets()) return buckets;
  // What the zero bucket covers is no part of the others.
  const double threshold = histogram.zero_threshold;
  const size_t zero_buckets = histogram.zero_count > 0 ? 1 : 0;
  const size_t negative = ExpandBuckets(histogram.negative_spans, histogram.negative_buckets).size();
  for (size_t i = 0; i < negative; ++i) buckets[i].upper = std::min(buckets[i].upper, -threshold);
  for (size_t i = negative + zero_buckets; i < buckets.size(); ++i) buckets[i].lower = std::max(buckets[i].lower, threshold);
  return buckets;
}

}  // namespace epi::series
