// Series of an index that is being written, kept in a nameless temporary file until all symbols are known.
//
//   record: │ pair count │ pair numbers │ size of chunk part │ chunk part of the entry, final bytes │   numbers are uvarint
//
// Contract: Add() all, then Replay() any number of times.
// Threads:  one.
// Owns:     the file (it has no name: a crash leaves nothing) and a write buffer.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "common/base/unique_fd.h"

namespace epi::tsdb {

class SeriesSpool {
 public:
  struct Record {
    std::span<const uint32_t> pairs;
    std::string_view chunks;
  };

  // The file lies in `directory`.
  static Result<SeriesSpool> Create(const std::string& directory);
  Status Add(const Record& record);
  // Calls each(record) for all, in order; stops at its first error.
  Status Replay(const std::function<Status(const Record&)>& each);

 private:
  SeriesSpool(std::string directory, UniqueFd fd) : directory_(std::move(directory)), fd_(std::move(fd)) {}
  Status Flush();
  // Moves the unread rest of *buffer to its front and reads on. False when nothing more came.
  Result<bool> Refill(size_t used, uint64_t* offset, std::string* buffer) const;

  std::string directory_;
  UniqueFd fd_;
  std::string buffer_;
  uint64_t file_bytes_ = 0;
};

}  // namespace epi::tsdb
