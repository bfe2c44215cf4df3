#include "common/tsdb/postings_list.h"

#include <algorithm>

#include "common/base/bytes.h"
#include "common/base/str_cat.h"

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

Result<PostingsList> ReadPostingsList(const FileBytes& file, uint64_t offset) {
  const std::string_view payload = TRY(file.Checksummed(offset, kSectionPostings));
  ByteReader reader(payload);
  const uint64_t count = reader.U32Be();
  if (!reader.ok() || count * sizeof(SeriesId) != reader.remaining()) {
    return file.Corrupt(kSectionPostings, offset, StrCat(count, " ids do not fit the list"));
  }
  return PostingsList(reader.rest());
}

}  // namespace epi::tsdb
