#include "common/series/zero_bucket.h"

#include <algorithm>

namespace epi::series {
namespace {

struct Swallowed {
  double threshold = 0;  // The threshold, moved out when it cut a populated bucket.
  double count = 0;
};

// The two sides mirror each other, so one function serves both: bounds are those of the absolute values.
Swallowed SwallowSide(const BucketList& list, int32_t schema, double threshold) {
  Swallowed result{threshold, 0};
  for (const IndexedCount& bucket : list) {
    if (ExponentialBound(bucket.index - 1, schema) >= threshold) break;
    result.count += bucket.count;
    const double upper = ExponentialBound(bucket.index, schema);
    if (upper <= threshold) continue;
    if (bucket.count != 0) result.threshold = upper;
    break;
  }
  return result;
}

void RemoveWithin(double threshold, FloatHistogram* histogram) {
  BucketList positive = ExpandBuckets(histogram->positive_spans, histogram->positive_buckets);
  BucketList negative = ExpandBuckets(histogram->negative_spans, histogram->negative_buckets);
  DropBucketsWithin(threshold, histogram->schema, &positive);
  DropBucketsWithin(threshold, histogram->schema, &negative);
  CollapseBuckets(positive, &histogram->positive_spans, &histogram->positive_buckets);
  CollapseBuckets(negative, &histogram->negative_spans, &histogram->negative_buckets);
}

void Widen(double threshold, FloatHistogram* histogram) {
  const WidenedZero widened = WidenZeroBucket(*histogram, threshold);
  histogram->zero_threshold = widened.threshold;
  histogram->zero_count = widened.count;
  RemoveWithin(widened.threshold, histogram);
}

}  // namespace

WidenedZero WidenZeroBucket(const FloatHistogram& histogram, double threshold) {
  if (threshold == histogram.zero_threshold) return {threshold, histogram.zero_count};
  const BucketList positive = ExpandBuckets(histogram.positive_spans, histogram.positive_buckets);
  const BucketList negative = ExpandBuckets(histogram.negative_spans, histogram.negative_buckets);
  for (;;) {
    const Swallowed right = SwallowSide(positive, histogram.schema, threshold);
    const Swallowed left = SwallowSide(negative, histogram.schema, right.threshold);
    // A negative bucket that moved the threshold may bring more positive ones in: again, with the wider threshold.
    if (left.threshold == right.threshold) {
      return {right.threshold, histogram.zero_count + right.count + left.count};
    }
    threshold = left.threshold;
  }
}

void DropBucketsWithin(double threshold, int32_t schema, BucketList* list) {
  std::erase_if(*list, [&](const IndexedCount& bucket) { return ExponentialBound(bucket.index, schema) <= threshold; });
}

void ReconcileZeroBuckets(FloatHistogram* a, FloatHistogram* b) {
  while (a->zero_threshold != b->zero_threshold) {
    if (a->zero_threshold > b->zero_threshold) {
      Widen(a->zero_threshold, b);
    } else {
      Widen(b->zero_threshold, a);
    }
  }
}

}  // namespace epi::series
