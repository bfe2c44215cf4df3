#include "common/series/float_histogram_trim.h"

#include <cmath>
#include <limits>

#include "common/series/bucket_list.h"
#include "common/series/float_histogram_math.h"
#include "common/series/histogram_buckets.h"

namespace epi::series {
namespace {

// What is left of one bucket, and the value its observations are assumed to have.
struct Remainder {
  double count = 0;
  double midpoint = 0;
};

double ZeroIfInfinite(double value) { return std::isinf(value) ? 0 : value; }

double Midpoint(double lower, double upper, bool positive, bool linear) {
  if (std::isinf(lower)) {
    if (std::isinf(upper)) return 0;
    return upper > 0 ? upper / 2 : upper;
  }
  if (std::isinf(upper)) return lower;
  if (linear) return (lower + upper) / 2;
  const double geometric = std::sqrt(std::abs(lower * upper));
  return positive ? geometric : -geometric;
}

// A first custom bucket reaches down to -Inf; with a positive upper bound it is taken to start at 0.
Remainder TrimOpenBelow(const Bucket& bucket, double value, TrimKeep keep) {
  const bool starts_at_zero = bucket.upper > 0 && !std::isinf(bucket.upper);
  if (keep == TrimKeep::kBelow) {
    if (value >= bucket.upper) return {bucket.count, 0};
    if (value > 0 && starts_at_zero) return {bucket.count * value / bucket.upper, value / 2};
    if (bucket.upper <= 0) return {bucket.count, value};
    return {0, ZeroIfInfinite(bucket.upper)};
  }
  if (value <= bucket.lower) return {bucket.count, 0};
  if (value >= 0 && bucket.upper > value && starts_at_zero) {
    return {bucket.count * (1 - value / bucket.upper), (value + bucket.upper) / 2};
  }
  return {0, ZeroIfInfinite(bucket.upper)};
}

Remainder TrimOpenAbove(const Bucket& bucket, double value, TrimKeep keep) {
  if (keep == TrimKeep::kAbove && value >= bucket.lower) return {bucket.count, value};
  return {0, ZeroIfInfinite(bucket.lower)};
}

// A bucket that `value` lies in.
Remainder TrimCut(const Bucket& bucket, double value, TrimKeep keep, bool positive, bool linear) {
  if (bucket.lower == -std::numeric_limits<double>::infinity()) return TrimOpenBelow(bucket, value, keep);
  if (bucket.upper == std::numeric_limits<double>::infinity()) return TrimOpenAbove(bucket, value, keep);
  const double below = bucket.count * bucket.FractionBelow(value, linear);
  if (keep == TrimKeep::kBelow) return {below, Midpoint(bucket.lower, value, positive, linear)};
  return {bucket.count - below, Midpoint(value, bucket.upper, positive, linear)};
}

Remainder TrimZero(Bucket bucket, double value, TrimKeep keep, bool has_negative, bool has_positive) {
  if (has_negative && !has_positive) bucket.upper = 0;
  if (has_positive && !has_negative) bucket.lower = 0;
  const double middle = (bucket.lower + bucket.upper) / 2;
  const bool below = keep == TrimKeep::kBelow;
  if (value <= bucket.lower) return below ? Remainder{0, 0} : Remainder{bucket.count, middle};
  if (value >= bucket.upper) return below ? Remainder{bucket.count, middle} : Remainder{0, 0};
  const double width = bucket.upper - bucket.lower;
  if (below) return {bucket.count * ((value - bucket.lower) / width), (bucket.lower + value) / 2};
  return {bucket.count * ((bucket.upper - value) / width), (value + bucket.upper) / 2};
}

// Adds up what stays while the buckets are gone through.
struct Totals {
  double count = 0;
  double sum = 0;
  bool trimmed = false;

  double Keep(double before, const Remainder& left) {
    count += left.count;
    sum += left.midpoint * left.count;
    trimmed |= left.count != before;
    return left.count;
  }
};

Remainder TrimBucket(const Bucket& bucket, double value, TrimKeep keep, bool positive, bool linear) {
  const bool whole = keep == TrimKeep::kBelow ? bucket.upper <= value : bucket.lower >= value;
  if (whole) return {bucket.count, Midpoint(bucket.lower, bucket.upper, positive, linear)};
  const bool cut = keep == TrimKeep::kBelow ? bucket.lower < value : bucket.upper > value;
  if (cut) return TrimCut(bucket, value, keep, positive, linear);
  return {0, 0};
}

// True when the side has an observation.
bool TrimSide(const FloatHistogram& histogram, double value, TrimKeep keep, bool positive, BucketList* list,
              Totals* totals) {
  bool populated = false;
  for (IndexedCount& entry : *list) {
    if (entry.count == 0) continue;
    populated = true;
    const Bucket bucket = positive ? PositiveBucket(histogram, entry.index, entry.count)
                                   : NegativeBucket(histogram, entry.index, entry.count);
    entry.count = totals->Keep(entry.count, TrimBucket(bucket, value, keep, positive, histogram.UsesCustomBuckets()));
  }
  return populated;
}

}  // namespace

void Trim(FloatHistogram* histogram, double value, TrimKeep keep) {
  BucketList positive = ExpandBuckets(histogram->positive_spans, histogram->positive_buckets);
  BucketList negative = ExpandBuckets(histogram->negative_spans, histogram->negative_buckets);
  Totals totals;
  const bool has_positive = TrimSide(*histogram, value, keep, true, &positive, &totals);
  const bool has_negative = TrimSide(*histogram, value, keep, false, &negative, &totals);
  if (histogram->zero_count > 0) {
    const Remainder left = TrimZero(ZeroBucket(*histogram), value, keep, has_negative, has_positive);
    histogram->zero_count = totals.Keep(histogram->zero_count, left);
  }
  if (!totals.trimmed) return;
  histogram->count = totals.count;
  histogram->sum = totals.sum;
  CollapseBuckets(positive, &histogram->positive_spans, &histogram->positive_buckets);
  CollapseBuckets(negative, &histogram->negative_spans, &histogram->negative_buckets);
}

}  // namespace epi::series
