// BucketList: one side of a native histogram as (index, count) pairs in index order, the form its arithmetic works in.
//
// Spans with gaps are compact to keep and awkward to combine; a list of pairs merges like any sorted list. Expand, compute,
// Collapse back.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/series/histogram.h"

namespace epi::series {

struct IndexedCount {
  int64_t index = 0;
  double count = 0;
};

using BucketList = std::vector<IndexedCount>;

// Spans and absolute counts to pairs; empty buckets stay. Counts that the spans do not cover are ignored, and spans beyond
// the last count too: both come from a damaged source.
BucketList ExpandBuckets(std::span<const Span> spans, std::span<const double> counts);

// The inverse: consecutive indexes share a span. Pairs with a count of zero are dropped.
void CollapseBuckets(const BucketList& list, std::vector<Span>* spans, std::vector<double>* counts);

// Index at the coarser schema of a bucket of the finer one. REQUIRES: from_schema >= to_schema.
int64_t CoarserIndex(int64_t index, int32_t from_schema, int32_t to_schema);

// Merges pairs that fall into one bucket of the coarser schema.
BucketList ReduceResolution(const BucketList& list, int32_t from_schema, int32_t to_schema);

// a + sign * b, bucket by bucket.
BucketList MergeBuckets(const BucketList& a, const BucketList& b, double sign);

// Upper bound of exponential bucket `index`: 2^(index * 2^-schema), at most the largest finite double; the bucket after that
// one ends at +Inf.
double ExponentialBound(int64_t index, int32_t schema);

}  // namespace epi::series
