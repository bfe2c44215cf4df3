#include "common/tsdb/postings_list.h"

#include <algorithm>

namespace epi::tsdb {

size_t PostingsList::LowerBound(size_t from, SeriesId id) const {
  if (from >= count_ || (*this)[from] >= id) return from;
  // 1. Double the step until the id there is not below the wanted one.
  size_t low = from;  // Below `id`.
  size_t step = 1;
  while (low + step < count_ && (*this)[low + step] < id) {
    low += step;
    step *= 2;
  }
  // 2. Halve the gap.
  size_t high = std::min(low + step, count_);
  while (low + 1 < high) {
    const size_t middle = low + (high - low) / 2;
    if ((*this)[middle] < id) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return high;
}

}  // namespace epi::tsdb
