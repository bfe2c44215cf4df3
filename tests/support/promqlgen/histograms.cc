#include "tests/support/promqlgen/histograms.h"

namespace epi::promqlgen {
namespace {

double AddBuckets(const std::map<int32_t, double>& buckets, std::vector<series::Span>* spans, std::vector<double>* counts) {
  double total = 0;
  int32_t next = 0;
  for (const auto& [index, count] : buckets) {
    if (spans->empty() || index != next) {
      spans->push_back({.offset = index - (spans->empty() ? 0 : next), .length = 0});
    }
    ++spans->back().length;
    counts->push_back(count);
    total += count;
    next = index + 1;
  }
  return total;
}

}  // namespace

series::FloatHistogram BucketMap::Build() const {
  series::FloatHistogram histogram;
  histogram.counter_reset_hint = hint;
  histogram.schema = schema;
  histogram.zero_threshold = zero_threshold;
  histogram.zero_count = zero_count;
  histogram.sum = sum;
  histogram.custom_values = custom_values;
  histogram.count = zero_count + extra_count;
  histogram.count += AddBuckets(positive, &histogram.positive_spans, &histogram.positive_buckets);
  histogram.count += AddBuckets(negative, &histogram.negative_spans, &histogram.negative_buckets);
  return histogram;
}

}  // namespace epi::promqlgen
