#include "common/series/classic_histogram.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "common/base/check.h"

namespace epi::series {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
// Differences this small, relative to the counts, come from floating point and not from the data.
constexpr double kCountTolerance = 1e-12;

bool AlmostEqual(double a, double b) {
  if (a == b || (std::isnan(a) && std::isnan(b))) return true;
  const double sum = std::abs(a) + std::abs(b);
  const double diff = std::abs(a - b);
  constexpr double kSmallestNormal = std::numeric_limits<double>::min();
  if (a == 0 || b == 0 || sum < kSmallestNormal) return diff < kCountTolerance * kSmallestNormal;
  return diff / std::min(sum, std::numeric_limits<double>::max()) < kCountTolerance;
}

// False when there is no +Inf bucket.
bool SortAndJoin(std::vector<ClassicBucket>* buckets) {
  CHECK(!buckets->empty());
  std::stable_sort(buckets->begin(), buckets->end(),
                   [](const ClassicBucket& a, const ClassicBucket& b) { return a.upper < b.upper; });
  if (buckets->back().upper != kInf) return false;
  size_t last = 0;
  for (size_t i = 1; i < buckets->size(); ++i) {
    if ((*buckets)[i].upper == (*buckets)[last].upper) {
      (*buckets)[last].count += (*buckets)[i].count;
    } else {
      (*buckets)[++last] = (*buckets)[i];
    }
  }
  buckets->resize(last + 1);
  return true;
}

void MakeMonotonic(std::vector<ClassicBucket>* buckets, ClassicQuantile* result) {
  result->repaired_bucket_min = kInf;
  result->repaired_bucket_max = -kInf;
  double highest = buckets->front().count;
  for (ClassicBucket& bucket : *buckets) {
    if (bucket.count == highest) continue;
    if (AlmostEqual(highest, bucket.count)) {
      bucket.count = highest;
      continue;
    }
    if (bucket.count > highest || std::isnan(bucket.count) || std::isnan(highest)) {
      highest = bucket.count;
      continue;
    }
    result->forced_monotonic = true;
    result->repaired_bucket_min = std::min(result->repaired_bucket_min, bucket.upper);
    result->repaired_bucket_max = std::max(result->repaired_bucket_max, bucket.upper);
    result->repaired_diff_max = std::max(result->repaired_diff_max, highest - bucket.count);
    bucket.count = highest;
  }
}

double Interpolate(double q, const std::vector<ClassicBucket>& buckets) {
  if (buckets.size() < 2 || buckets.back().count == 0) return kNan;
  double rank = q * buckets.back().count;
  // The first bucket that reaches the rank; the last one when no other does.
  const auto hit = std::partition_point(buckets.begin(), buckets.end() - 1,
                                        [&](const ClassicBucket& bucket) { return !(bucket.count >= rank); });
  if (hit == buckets.end() - 1) return buckets[buckets.size() - 2].upper;
  if (hit == buckets.begin() && hit->upper <= 0) return hit->upper;
  double lower = 0;
  double count = hit->count;
  if (hit != buckets.begin()) {
    lower = (hit - 1)->upper;
    count -= (hit - 1)->count;
    rank -= (hit - 1)->count;
  }
  return lower + (hit->upper - lower) * (rank / count);
}

// Cumulated count at `value`.
double RankAt(double value, const std::vector<ClassicBucket>& buckets) {
  double lower = buckets.front().upper <= 0 ? -kInf : 0;
  double rank = 0;
  for (const ClassicBucket& bucket : buckets) {
    if (lower >= value) return rank;
    if (bucket.upper > value) {
      // A bucket without lower end cannot be interpolated: all its observations count as below.
      if (lower == -kInf) return bucket.count;
      return rank + (bucket.count - rank) * (value - lower) / (bucket.upper - lower);
    }
    rank = bucket.count;
    lower = bucket.upper;
  }
  return rank;
}

}  // namespace

ClassicQuantile BucketQuantile(double q, std::vector<ClassicBucket>* buckets) {
  ClassicQuantile result;
  if (std::isnan(q) || q < 0 || q > 1) {
    result.value = std::isnan(q) ? kNan : q < 0 ? -kInf : kInf;
    return result;
  }
  if (!SortAndJoin(buckets)) {
    result.value = kNan;
    return result;
  }
  MakeMonotonic(buckets, &result);
  result.value = Interpolate(q, *buckets);
  return result;
}

double BucketFraction(double lower, double upper, std::vector<ClassicBucket>* buckets) {
  if (!SortAndJoin(buckets)) return kNan;
  const double count = buckets->back().count;
  if (count == 0 || std::isnan(lower) || std::isnan(upper)) return kNan;
  if (lower >= upper) return 0;
  const double lower_rank = std::min(RankAt(lower, *buckets), count);
  const double upper_rank = std::min(RankAt(upper, *buckets), count);
  return (upper_rank - lower_rank) / count;
}

}  // namespace epi::series
