// A list of series ids as the index file holds it: big-endian, strictly increasing, checksum already verified.
//
// Owns: nothing; a view into the mapping.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/base/status.h"
#include "common/tsdb/file_bytes.h"
#include "common/tsdb/index_format.h"

namespace epi::tsdb {

class PostingsList {
 public:
  PostingsList() = default;
  // REQUIRES: a multiple of 4 bytes.
  explicit PostingsList(std::string_view bytes)
      : bytes_(reinterpret_cast<const uint8_t*>(bytes.data())), count_(bytes.size() / 4) {}  // NOLINT

  size_t count() const { return count_; }
  bool empty() const { return count_ == 0; }
  const uint8_t* data() const { return bytes_; }
  SeriesId operator[](size_t i) const {
    const uint8_t* p = bytes_ + i * 4;
    return uint32_t{p[0]} << 24 | uint32_t{p[1]} << 16 | uint32_t{p[2]} << 8 | p[3];
  }
  // The first position at or after `from` whose id is not below `id`; gallops, so that short steps are cheap.
  size_t LowerBound(size_t from, SeriesId id) const;

 private:
  const uint8_t* bytes_ = nullptr;
  size_t count_ = 0;
};

// The list that stands at `offset` of `file`: length, count, ids, checksum. Bytes may follow it.
// Errors: DataLoss with file and offset.
Result<PostingsList> ReadPostingsList(const FileBytes& file, uint64_t offset);

}  // namespace epi::tsdb
