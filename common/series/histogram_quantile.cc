#include "common/series/histogram_quantile.h"

#include <cmath>
#include <limits>
#include <optional>
#include <span>

#include "common/series/histogram_buckets.h"
#include "common/series/kahan.h"

namespace epi::series {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// A histogram with observations on one side only has none on the other side of its zero bucket.
void ClipAroundZero(const FloatHistogram& histogram, Bucket* bucket) {
  if (histogram.negative_buckets.empty() && !histogram.positive_buckets.empty()) bucket->lower = 0;
  if (histogram.positive_buckets.empty() && !histogram.negative_buckets.empty()) bucket->upper = 0;
}

// Where a rank search ended: the bucket, and the cumulated count up to and including it.
struct RankHit {
  Bucket bucket;
  double count = 0;
  size_t position = 0;  // Buckets gone through.
};

RankHit FindRank(const std::vector<Bucket>& buckets, double rank, bool forward) {
  RankHit hit;
  for (; hit.position < buckets.size(); ++hit.position) {
    hit.bucket = buckets[forward ? hit.position : buckets.size() - 1 - hit.position];
    if (hit.bucket.count == 0) continue;
    hit.count += hit.bucket.count;
    if (hit.count >= rank) {
      ++hit.position;
      break;
    }
  }
  return hit;
}

double InterpolateQuantile(const Bucket& bucket, double fraction, bool linear) {
  if (linear || (bucket.lower <= 0 && bucket.upper >= 0)) {
    return bucket.lower + (bucket.upper - bucket.lower) * fraction;
  }
  const double log_lower = std::log2(std::abs(bucket.lower));
  const double log_upper = std::log2(std::abs(bucket.upper));
  if (bucket.lower > 0) return std::exp2(log_lower + (log_upper - log_lower) * fraction);
  return -std::exp2(log_upper + (log_lower - log_upper) * (1 - fraction));
}

// Outermost custom buckets are not interpolated: their answer is their finite bound. Else bounds are made finite.
std::optional<double> ClipBounds(const FloatHistogram& histogram, Bucket* bucket) {
  if (!histogram.UsesCustomBuckets()) {
    if (bucket->lower < 0 && bucket->upper > 0) ClipAroundZero(histogram, bucket);
    return std::nullopt;
  }
  if (bucket->lower == -kInf) {
    if (bucket->upper <= 0) return bucket->upper;
    bucket->lower = 0;
  } else if (bucket->upper == kInf) {
    return bucket->lower;
  }
  return std::nullopt;
}

// Cumulates buckets in order and reads off the rank at two values.
class RankReader {
 public:
  RankReader(const FloatHistogram& histogram, double lower, double upper)
      : histogram_(histogram), value_{lower, upper} {}

  // False once both ranks are known.
  bool Take(Bucket bucket) {
    const bool around_zero = bucket.lower <= 0 && bucket.upper >= 0;
    if (around_zero) ClipAroundZero(histogram_, &bucket);
    const bool linear = histogram_.UsesCustomBuckets() || around_zero;
    for (int i = 0; i < 2; ++i) {
      if (!known_[i] && bucket.lower >= value_[i]) Set(i, rank_);
    }
    if (known_[0] && known_[1]) return false;
    for (int i = 0; i < 2; ++i) {
      if (!known_[i] && bucket.lower < value_[i] && bucket.upper > value_[i]) Set(i, RankInside(bucket, value_[i], linear));
    }
    if (known_[0] && known_[1]) return false;
    rank_ += bucket.count;
    return true;
  }
  // Rank at the value, at most `count`.
  double RankAt(int i, double count) const { return !known_[i] || rank_at_[i] > count ? count : rank_at_[i]; }

 private:
  void Set(int i, double rank) {
    rank_at_[i] = rank;
    known_[i] = true;
  }
  double RankInside(const Bucket& bucket, double value, bool linear) const {
    // A bucket without lower end cannot be interpolated: all its observations count as below.
    if (bucket.lower == -kInf) return bucket.count;
    return rank_ + bucket.count * bucket.FractionBelow(value, linear);
  }

  const FloatHistogram& histogram_;
  const double value_[2];
  double rank_at_[2] = {0, 0};
  bool known_[2] = {false, false};
  double rank_ = 0;
};

double TotalCount(std::span<const Bucket> buckets) {
  double total = 0;
  for (const Bucket& bucket : buckets) total += bucket.count;
  return total;
}

}  // namespace

NoteworthyValue HistogramQuantile(double q, const FloatHistogram& histogram) {
  if (q < 0) return {-kInf, NanNote::kNone};
  if (q > 1) return {kInf, NanNote::kNone};
  if (histogram.count == 0 || std::isnan(q)) return {kNan, NanNote::kNone};
  // Ranks are counted from the nearer end, for precision. NaN observations have no bucket, so then only from below.
  const bool has_nan = std::isnan(histogram.sum);
  const bool forward = has_nan || q < 0.5;
  double rank = (forward ? q : 1 - q) * histogram.count;
  const std::vector<Bucket> buckets = AllBuckets(histogram);
  RankHit hit = FindRank(buckets, rank, forward);
  if (const auto bound = ClipBounds(histogram, &hit.bucket)) return {*bound, NanNote::kNone};
  if (hit.count > histogram.count) hit.count = histogram.count;
  if (hit.count < rank) {
    return has_nan ? NoteworthyValue{kNan, NanNote::kResultIsNan} : NoteworthyValue{hit.bucket.upper, NanNote::kNone};
  }
  rank = forward ? rank - (hit.count - hit.bucket.count) : hit.count - rank;
  NanNote note = NanNote::kNone;
  if (has_nan && hit.count + TotalCount(std::span(buckets).subspan(hit.position)) < histogram.count) {
    note = NanNote::kSkewedHigher;
  }
  return {InterpolateQuantile(hit.bucket, rank / hit.bucket.count, histogram.UsesCustomBuckets()), note};
}

NoteworthyValue HistogramFraction(double lower, double upper, const FloatHistogram& histogram) {
  if (histogram.count == 0 || std::isnan(lower) || std::isnan(upper)) return {kNan, NanNote::kNone};
  if (lower >= upper) return {0, NanNote::kNone};
  const std::vector<Bucket> buckets = AllBuckets(histogram);
  RankReader ranks(histogram, lower, upper);
  for (const Bucket& bucket : buckets) {
    if (!ranks.Take(bucket)) break;
  }
  double count = histogram.count;
  NanNote note = NanNote::kNone;
  if (std::isnan(histogram.sum)) {
    count = TotalCount(buckets);
    if (count < histogram.count) note = NanNote::kExcluded;
  }
  return {(ranks.RankAt(1, count) - ranks.RankAt(0, count)) / histogram.count, note};
}

double HistogramVariance(const FloatHistogram& histogram) {
  const double mean = histogram.sum / histogram.count;
  KahanSum variance;
  for (const Bucket& bucket : AllBuckets(histogram)) {
    if (bucket.count == 0) continue;
    double value = 0;
    if (histogram.UsesCustomBuckets()) {
      value = (bucket.upper + bucket.lower) / 2;
    } else if (bucket.lower > 0 || bucket.upper < 0) {
      value = std::sqrt(bucket.upper * bucket.lower);
      if (bucket.upper < 0) value = -value;
    }
    variance.Add(bucket.count * (value - mean) * (value - mean));
  }
  return variance.Total() / histogram.count;
}

}  // namespace epi::series
