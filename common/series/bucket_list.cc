#include "common/series/bucket_list.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace epi::series {

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
  // The power is split into an exact exponent and a fraction in [0, 1), so that whole powers of two are exact.
  int64_t exponent = 0;
  double fraction = 1;
  if (schema < 0) {
    exponent = index * (int64_t{1} << -schema);
  } else {
    const int64_t steps = int64_t{1} << schema;
    exponent = index >> schema;
    const int64_t rest = index - (exponent << schema);
    fraction = static_cast<double>(exp2l(static_cast<long double>(rest) / static_cast<long double>(steps)));
  }
  if (exponent == 1024 && fraction == 1) return std::numeric_limits<double>::max();
  const int64_t clamped = std::clamp<int64_t>(exponent, -2000, 2000);
  return std::ldexp(fraction, static_cast<int>(clamped));
}

}  // namespace epi::series
