// Sets of series ids, pulled in batches, and their algebra: intersection, union, difference. Nothing is materialised.
//
// Contract: Next(from) returns the next ids, strictly increasing, none below `from`, and passes over those below it; empty
//           at the end. `from` never goes back. A batch lives until the next call on the same set.
// Threads:  one thread at a time.
// Owns:     its inputs; the lists' bytes belong to the index reader.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "common/tsdb/index_format.h"
#include "common/tsdb/postings_list.h"

namespace epi::tsdb {

class Postings {
 public:
  // Most ids one batch has.
  static constexpr size_t kBatchMax = 1024;

  virtual ~Postings() = default;
  virtual std::span<const SeriesId> Next(SeriesId from) = 0;
  std::span<const SeriesId> Next() { return Next(0); }
  // At most so many ids come; intersections start with the fewest.
  virtual uint64_t count_max() const = 0;
};

std::unique_ptr<Postings> EmptyPostings();
std::unique_ptr<Postings> ListPostings(PostingsList list);
// Ids that are in any of the lists.
std::unique_ptr<Postings> UnionPostings(std::vector<PostingsList> lists);
// Ids that are in all of the sets. REQUIRES: at least one.
std::unique_ptr<Postings> IntersectPostings(std::vector<std::unique_ptr<Postings>> sets);
// Ids of `from` that are not in `what`.
std::unique_ptr<Postings> SubtractPostings(std::unique_ptr<Postings> from, std::unique_ptr<Postings> what);

}  // namespace epi::tsdb
