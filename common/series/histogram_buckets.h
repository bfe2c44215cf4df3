// Buckets of a float histogram with their bounds, in ascending order of value: negative side, zero bucket, positive side.
#pragma once

#include <cstdint>
#include <vector>

#include "common/series/histogram.h"

namespace epi::series {

struct Bucket {
  double lower = 0;
  double upper = 0;
  double count = 0;
  bool lower_inclusive = false;
  bool upper_inclusive = false;

  // Share of the bucket's observations assumed to be at most `value`. Linear: spread evenly over the bucket. Otherwise spread
  // evenly over the buckets it would have at a higher resolution (evenly in the logarithm).
  // REQUIRES: lower <= value <= upper; both bounds finite.
  double FractionBelow(double value, bool linear) const;
};

// All buckets; empty ones inside spans are included, the zero bucket only when it has observations. Others end where the zero
// bucket begins.
std::vector<Bucket> AllBuckets(const FloatHistogram& histogram);

// The same with the bounds that the schema gives, which may reach into the zero bucket: what a histogram's text shows.
std::vector<Bucket> StoredBuckets(const FloatHistogram& histogram);

// The zero bucket, [-zero_threshold, zero_threshold].
Bucket ZeroBucket(const FloatHistogram& histogram);

// Bounds of bucket `index` of the positive side (also of a custom-bucket histogram).
Bucket PositiveBucket(const FloatHistogram& histogram, int64_t index, double count);
// Bounds of bucket `index` of the negative side.
Bucket NegativeBucket(const FloatHistogram& histogram, int64_t index, double count);

}  // namespace epi::series
