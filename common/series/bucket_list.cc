#include "common/series/bucket_list.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <string_view>

namespace epi::series {
namespace {

// Schema 8 divides [1/2, 1) into 256 buckets; coarser schemas use every second, fourth, … bound of it.
constexpr int kFinestBounds = 256;

// The bounds that Prometheus publishes are not the correctly rounded powers of two, and a bound is compared and printed to the
// last bit. Bound i is the rounded power minus (digit i - '0') units in the last place; '/' stands for minus one.
constexpr std::string_view kUlpsBelow =
    "00000010001000000012001111111111001000100111001100110/11001100110000001111221021001000100001000000010/00102200110"
    "11100101022111110101122112110111111112121222122001100101122102211221011212211211132112122322232222222333344324311"
    "211222213311222132112222432233";
static_assert(kUlpsBelow.size() == kFinestBounds);

std::array<double, kFinestBounds> MakeFinestBounds() {
  std::array<double, kFinestBounds> bounds{};
  for (size_t i = 0; i < bounds.size(); ++i) {
    const auto exact = static_cast<double>(exp2l(static_cast<long double>(i) / kFinestBounds) / 2);
    bounds[i] = std::bit_cast<double>(std::bit_cast<int64_t>(exact) - (kUlpsBelow[i] - '0'));
  }
  return bounds;
}

}  // namespace

BucketList ExpandBuckets(std::span<const Span> spans, std::span<const double> counts) {
  BucketList list;
  list.reserve(counts.size());
  int64_t index = 0;
  size_t next = 0;
  for (const Span& span : spans) {
    index += span.offset;
    for (uint32_t i = 0; i < span.length && next < counts.size(); ++i) list.push_back({index++, counts[next++]});
  }
  return list;
}

void CollapseBuckets(const BucketList& list, std::vector<Span>* spans, std::vector<double>* counts) {
  spans->clear();
  counts->clear();
  int64_t next_index = 0;
  for (const IndexedCount& bucket : list) {
    if (bucket.count == 0) continue;
    if (spans->empty() || bucket.index != next_index) {
      spans->push_back({static_cast<int32_t>(bucket.index - next_index), 0});
    }
    ++spans->back().length;
    counts->push_back(bucket.count);
    next_index = bucket.index + 1;
  }
}

int64_t CoarserIndex(int64_t index, int32_t from_schema, int32_t to_schema) {
  return ((index - 1) >> (from_schema - to_schema)) + 1;
}

BucketList ReduceResolution(const BucketList& list, int32_t from_schema, int32_t to_schema) {
  BucketList reduced;
  for (const IndexedCount& bucket : list) {
    const int64_t index = CoarserIndex(bucket.index, from_schema, to_schema);
    if (!reduced.empty() && reduced.back().index == index) {
      reduced.back().count += bucket.count;
    } else {
      reduced.push_back({index, bucket.count});
    }
  }
  return reduced;
}

BucketList MergeBuckets(const BucketList& a, const BucketList& b, double sign) {
  BucketList merged;
  merged.reserve(std::max(a.size(), b.size()));
  size_t i = 0;
  size_t j = 0;
  while (i < a.size() || j < b.size()) {
    if (j == b.size() || (i < a.size() && a[i].index < b[j].index)) {
      merged.push_back(a[i++]);
    } else if (i == a.size() || b[j].index < a[i].index) {
      merged.push_back({b[j].index, sign * b[j].count});
      ++j;
    } else {
      merged.push_back({a[i].index, a[i].count + sign * b[j].count});
      ++i;
      ++j;
    }
  }
  return merged;
}

double ExponentialBound(int64_t index, int32_t schema) {
  static const std::array<double, kFinestBounds> kBounds = MakeFinestBounds();
  // The power is split into a whole exponent and a fraction in [1/2, 1), so that whole powers of two are exact.
  int64_t exponent = 0;
  double fraction = 0.5;
  if (schema < 0) {
    exponent = index * (int64_t{1} << -schema) + 1;
  } else {
    exponent = (index >> schema) + 1;
    const int64_t rest = index - ((exponent - 1) << schema);
    fraction = kBounds[static_cast<size_t>(rest << (kExponentialSchemaMax - schema))];
  }
  if (exponent == 1025 && fraction == 0.5) return std::numeric_limits<double>::max();
  return std::ldexp(fraction, static_cast<int>(std::clamp<int64_t>(exponent, -2000, 2000)));
}

}  // namespace epi::series
