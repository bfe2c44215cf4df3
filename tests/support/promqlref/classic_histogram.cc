#include "tests/support/promqlref/classic_histogram.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

#include "tests/support/promqlref/nodes.h"

namespace epi::promqlref {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
// Differences this small, relative to the counts, are rounding errors.
constexpr double kSmallDifference = 1e-12;

// In order, those of equal bounds added up.
std::vector<Bucket> Merged(std::vector<Bucket> buckets) {
  std::stable_sort(buckets.begin(), buckets.end(), [](const Bucket& a, const Bucket& b) { return a.upper < b.upper; });
  std::vector<Bucket> merged;
  for (const Bucket& bucket : buckets) {
    if (!merged.empty() && merged.back().upper == bucket.upper) {
      merged.back().count += bucket.count;
    } else {
      merged.push_back(bucket);
    }
  }
  return merged;
}

bool AlmostEqual(double a, double b) {
  const double sum = std::fabs(a) + std::fabs(b);
  constexpr double kMinNormal = std::numeric_limits<double>::min();
  if (a == 0 || b == 0 || sum < kMinNormal) return std::fabs(a - b) < kSmallDifference * kMinNormal;
  return std::fabs(a - b) / std::min(sum, std::numeric_limits<double>::max()) < kSmallDifference;
}

std::optional<ClassicQuantile::Repair> MakeRise(std::vector<Bucket>* buckets) {
  std::optional<ClassicQuantile::Repair> repair;
  double highest = buckets->front().count;
  for (size_t i = 1; i < buckets->size(); ++i) {
    Bucket& bucket = (*buckets)[i];
    if (bucket.count == highest) continue;
    const bool noise = AlmostEqual(bucket.count, highest);
    if (!noise && !(bucket.count < highest)) {
      highest = bucket.count;
      continue;
    }
    if (!noise) {
      if (!repair.has_value()) repair = {bucket.upper, bucket.upper, 0};
      repair->bucket_min = std::min(repair->bucket_min, bucket.upper);
      repair->bucket_max = std::max(repair->bucket_max, bucket.upper);
      repair->diff_max = std::max(repair->diff_max, highest - bucket.count);
    }
    bucket.count = highest;
  }
  return repair;
}

double Interpolate(double q, const std::vector<Bucket>& buckets) {
  const double rank = q * buckets.back().count;
  size_t found = 0;
  while (found + 1 < buckets.size() && !(buckets[found].count >= rank)) ++found;
  if (found + 1 == buckets.size()) return buckets[buckets.size() - 2].upper;
  if (found == 0 && buckets[0].upper <= 0) return buckets[0].upper;
  const double start = found == 0 ? 0 : buckets[found - 1].upper;
  const double below = found == 0 ? 0 : buckets[found - 1].count;
  return start + (buckets[found].upper - start) * ((rank - below) / (buckets[found].count - below));
}

// Observations at or below a value.
double RankOf(double value, const std::vector<Bucket>& buckets) {
  double below = 0;
  double lower = buckets.front().upper <= 0 ? -kInfinity : 0;
  for (const Bucket& bucket : buckets) {
    if (value <= lower) return below;
    if (value < bucket.upper) {
      if (lower == -kInfinity) return bucket.count;
      return below + (bucket.count - below) * (value - lower) / (bucket.upper - lower);
    }
    if (value == bucket.upper) return bucket.count;
    below = bucket.count;
    lower = bucket.upper;
  }
  return below;
}

}  // namespace

ClassicQuantile QuantileOfBuckets(double q, std::vector<Bucket> buckets) {
  if (std::isnan(q)) return {kNan, {}};
  if (q < 0) return {-kInfinity, {}};
  if (q > 1) return {kInfinity, {}};
  buckets = Merged(std::move(buckets));
  if (buckets.back().upper != kInfinity) return {kNan, {}};
  ClassicQuantile result{kNan, MakeRise(&buckets)};
  if (buckets.size() >= 2 && buckets.back().count != 0) result.value = Interpolate(q, buckets);
  return result;
}

double FractionOfBuckets(double lower, double upper, std::vector<Bucket> buckets) {
  buckets = Merged(std::move(buckets));
  const double count = buckets.back().count;
  if (buckets.back().upper != kInfinity || count == 0 || std::isnan(lower) || std::isnan(upper)) return kNan;
  if (lower >= upper) return 0;
  const auto rank = [&](double value) {
    const double at = RankOf(value, buckets);
    return at > count ? count : at;
  };
  return (rank(upper) - rank(lower)) / count;
}

std::optional<double> ParseGoFloat(std::string_view text) {
  // strtod takes leading spaces and nan(…), Go does not.
  if (text.empty() || text.front() == ' ' || text.find('(') != std::string_view::npos) return std::nullopt;
  const std::string copy(text);
  char* end = nullptr;
  const double value = std::strtod(copy.c_str(), &end);
  if (end != copy.c_str() + copy.size()) return std::nullopt;
  return value;
}

double QuantileOf(double q, std::vector<double> values) {
  if (values.empty() || std::isnan(q)) return kNan;
  if (q < 0) return -kInfinity;
  if (q > 1) return kInfinity;
  std::sort(values.begin(), values.end(), [](double a, double b) {
    if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && !std::isnan(b);
    return a < b;
  });
  const double rank = q * static_cast<double>(values.size() - 1);
  const auto below = static_cast<size_t>(rank);
  const size_t above = std::min(values.size() - 1, below + 1);
  const double weight = rank - std::floor(rank);
  return values[below] * (1 - weight) + values[above] * weight;
}

}  // namespace epi::promqlref
