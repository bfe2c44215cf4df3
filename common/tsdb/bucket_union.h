// Bringing a chunk's buckets and a new sample's buckets to one layout that has all of both.
//
//   chunk   spans [0,2] [1,1]          indexes 0 1   3
//   sample  spans [1,1] [0,1] [0,2]    indexes   1 2 3 4
//   union   spans [0,5]                indexes 0 1 2 3 4     chunk buckets go to 0 1 3, sample buckets to 1 2 3 4
//
// Threads:  pure functions.
// Units:    spans as in series/histogram.h; integer buckets are deltas, float buckets counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/series/histogram.h"

namespace epi::tsdb {

struct BucketUnion {
  // Only with counters: a bucket of the chunk is smaller in the sample, or in use and missing there.
  bool reset = false;
  std::vector<series::Span> spans;
  size_t size = 0;
  // Does the union have buckets that this side has not?
  bool chunk_grows = false;
  bool sample_grows = false;
  // Where each old bucket goes.
  std::vector<size_t> chunk_places;
  std::vector<size_t> sample_places;
};

// `gauge`: counts may fall. REQUIRES: as many buckets as the spans say.
template <typename Bucket>
BucketUnion UniteBuckets(const std::vector<series::Span>& chunk_spans, const std::vector<Bucket>& chunk_buckets,
                         const std::vector<series::Span>& sample_spans, const std::vector<Bucket>& sample_buckets, bool gauge);

// Moves buckets to their places among `size`, empty buckets between.
template <typename Bucket>
void SpreadBuckets(const std::vector<size_t>& places, size_t size, std::vector<Bucket>* buckets);

}  // namespace epi::tsdb
