// The symbols section of an index (or of an index header): every label name and value once, found by reference.
//
// Contract: Open() checks the section's checksum and that symbols strictly increase (version 2); Get() is then a walk over at
//           most kSampleEvery entries.
// Threads:  const methods are safe from any thread; there are no others.
// Owns:     4 bytes of heap per kSampleEvery symbols; the bytes belong to the mapping. Returned views live as long as it.
// Errors:   DataLoss with file and offset.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "common/tsdb/file_bytes.h"

namespace epi::tsdb {

class SymbolTable {
 public:
  // `offset` is where the section starts in `file`, `version` that of the index. `v1_shift` is added to version 1 references,
  // which are file offsets in the original index.
  static Result<SymbolTable> Open(const FileBytes& file, uint64_t offset, int version, uint64_t v1_shift = 0);

  // REQUIRES: a reference from a series entry; a wrong one is DataLoss.
  Result<std::string_view> Get(uint32_t reference) const;
  uint32_t count() const { return count_; }
  uint64_t heap_bytes() const { return samples_.capacity() * sizeof(samples_[0]); }
  // File offsets of the section.
  uint64_t begin() const { return offset_; }
  uint64_t end() const { return offset_ + 4 + section_.size() + 4; }

 private:
  Status Scan(const FileBytes& file, int version);
  Status BadReference(uint32_t reference) const;

  FileBytes file_;
  std::string_view section_;  // count and entries.
  uint64_t offset_ = 0;
  uint64_t v1_shift_ = 0;
  bool by_offset_ = false;
  uint32_t count_ = 0;
  std::vector<uint32_t> samples_;  // Offset in section_ of every kSampleEvery-th entry.
};

}  // namespace epi::tsdb
