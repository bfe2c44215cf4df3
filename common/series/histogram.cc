#include "common/series/histogram.h"

#include "common/series/sample.h"

namespace epi::series {
namespace {

void AbsoluteCounts(const std::vector<int64_t>& deltas, std::vector<double>* counts) {
  counts->resize(deltas.size());
  // Unsigned, so that counts of damaged data wrap instead of being undefined.
  uint64_t count = 0;
  for (size_t i = 0; i < deltas.size(); ++i) {
    count += static_cast<uint64_t>(deltas[i]);
    (*counts)[i] = static_cast<double>(static_cast<int64_t>(count));
  }
}

}  // namespace

FloatHistogram ToFloat(const Histogram& histogram) {
  FloatHistogram result;
  result.sum = histogram.sum;
  if (IsStaleNan(histogram.sum)) return result;
  result.counter_reset_hint = histogram.counter_reset_hint;
  result.schema = histogram.schema;
  result.zero_threshold = histogram.zero_threshold;
  result.zero_count = static_cast<double>(histogram.zero_count);
  result.count = static_cast<double>(histogram.count);
  result.positive_spans = histogram.positive_spans;
  result.negative_spans = histogram.negative_spans;
  result.custom_values = histogram.custom_values;
  AbsoluteCounts(histogram.positive_deltas, &result.positive_buckets);
  AbsoluteCounts(histogram.negative_deltas, &result.negative_buckets);
  return result;
}

}  // namespace epi::series
