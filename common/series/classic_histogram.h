// Quantiles and fractions of classic histograms: cumulative buckets named by their upper bound (label "le").
#pragma once

#include <vector>

namespace epi::series {

struct ClassicBucket {
  double upper = 0;   // Inclusive; the highest must be +Inf.
  double count = 0;   // Observations at or below upper.
};

struct ClassicQuantile {
  double value = 0;
  // Counts that fell from one bucket to the next were raised; bounds and size of the worst such repair.
  bool forced_monotonic = false;
  double repaired_bucket_min = 0;
  double repaired_bucket_max = 0;
  double repaired_diff_max = 0;
};

// Sorts the buckets, adds up those of equal bounds, repairs falling counts (relative differences below 1e-12 silently), and
// interpolates linearly. NaN without a +Inf bucket, with fewer than two buckets or without observations; -Inf and +Inf for q
// outside [0, 1]. REQUIRES: buckets is not empty.
ClassicQuantile BucketQuantile(double q, std::vector<ClassicBucket>* buckets);

// Share of observations in (lower, upper]. NaN without a +Inf bucket, without observations, or with NaN bounds.
// REQUIRES: buckets is not empty.
double BucketFraction(double lower, double upper, std::vector<ClassicBucket>* buckets);

}  // namespace epi::series
