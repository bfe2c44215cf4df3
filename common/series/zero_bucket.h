// Widening the zero bucket of an exponential histogram, so that two histograms can be combined.
#pragma once

#include "common/series/bucket_list.h"
#include "common/series/histogram.h"

namespace epi::series {

struct WidenedZero {
  double threshold = 0;
  double count = 0;
};

// What the zero bucket of `histogram` would hold with a threshold of at least `threshold`: swallowed buckets add to its count.
// A threshold inside a populated bucket moves out to that bucket's outer bound.
// REQUIRES: threshold >= histogram.zero_threshold.
WidenedZero WidenZeroBucket(const FloatHistogram& histogram, double threshold);

// Drops the buckets that lie within the zero bucket of the given threshold. REQUIRES: exponential schema.
void DropBucketsWithin(double threshold, int32_t schema, BucketList* list);

// The smallest zero bucket that both can have; written to both (swallowed buckets removed).
void ReconcileZeroBuckets(FloatHistogram* a, FloatHistogram* b);

}  // namespace epi::series
