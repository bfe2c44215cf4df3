// The postings offset table of an index (or of an index header): (name, value) → where the list of series ids is.
//
// Contract: Open() checks the section's checksum, every entry's shape and (version 2) the order. Version 1 tables may be
//           unordered: their positions are sorted here. Names and values come out in byte order either way.
// Threads:  const methods are safe from any thread; there are no others.
// Owns:     32 bytes of heap per label name and 4 per kSampleEvery values (per value in version 1). Names and values are views
//           into the mapping.
// Errors:   DataLoss with file and offset.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/tsdb/file_bytes.h"

namespace epi::tsdb {

class PostingsTable {
 public:
  // One label name: its values are samples_[first_sample…], every stride-th of `values`.
  struct Name {
    std::string_view text;
    uint32_t first_sample = 0;
    uint32_t values = 0;
  };

  static Result<PostingsTable> Open(const FileBytes& file, uint64_t offset, int version);

  // Sorted; the first one is "" (all series) in every index that has any.
  std::span<const Name> names() const { return names_; }
  // File offset of the list; nothing when no series has this label.
  std::optional<uint64_t> Find(std::string_view name, std::string_view value) const;

  // Walks the values of one name in order.
  class ValueCursor {
   public:
    // False at the end.
    bool Next();
    std::string_view value() const { return value_; }
    uint64_t list_offset() const { return list_offset_; }
    // Of the entry that follows in the table, be it of another name; 0 at the end of the table.
    uint64_t next_list_offset() const;

   private:
    friend class PostingsTable;
    const PostingsTable* table_ = nullptr;
    const Name* name_ = nullptr;
    uint32_t next_ = 0;
    ByteReader reader_;
    std::string_view value_;
    uint64_t list_offset_ = 0;
  };
  // All values of `name`, from the first one that is not below `from`.
  ValueCursor Values(std::string_view name, std::string_view from = {}) const;

  uint64_t heap_bytes() const {
    return samples_.capacity() * sizeof(samples_[0]) + names_.capacity() * sizeof(names_[0]);
  }
  uint32_t count() const { return count_; }
  // File offsets of the section.
  uint64_t begin() const { return offset_; }
  uint64_t end() const { return offset_ + 4 + section_.size() + 4; }

 private:
  struct Entry {
    std::string_view name;
    std::string_view value;
    uint64_t list_offset = 0;
  };
  static Entry ReadEntry(ByteReader* reader);
  Status ScanSorted();
  Status ScanUnsorted();
  Result<Entry> ScanEntry(ByteReader* reader) const;
  const Name* FindName(std::string_view name) const;
  std::string_view SampleValue(const Name& name, uint32_t sample) const;

  FileBytes file_;
  std::string_view section_;
  uint64_t offset_ = 0;
  uint32_t count_ = 0;
  uint32_t stride_ = 1;
  std::vector<Name> names_;
  std::vector<uint32_t> samples_;  // Offsets in section_.
};

}  // namespace epi::tsdb
