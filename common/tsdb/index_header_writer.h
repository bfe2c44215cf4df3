// Makes the index header of a block from its index, wherever that is. Format: docs/formats/index-header.md.
//
// 1. The first bytes and the TOC of the index are read and checked.
// 2. Symbols and the postings offset table are copied to <path>.tmp as they come.
// 3. That file is synced, opened as a reader would (which checks the checksums), and renamed to <path>.
//
// Contract: the bytes are those that Thanos' store gateway writes. A failure at any point leaves no file under `path`.
// Threads:  pure functions; two writers of one path at a time are not allowed.
// Owns:     memory: a buffer, whatever the size of the index.
// Errors:   DataLoss for an index that is none or does not verify; those of the source; ResourceExhausted when the disk is full.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/tsdb/index_header.h"

namespace epi::tsdb {

// An index that is read in ranges, like an object in a bucket.
struct IndexSource {
  using Sink = std::function<Status(std::string_view)>;

  std::string name;  // For errors.
  uint64_t size_bytes = 0;
  // Gives exactly the bytes of the range to the sink, in order and in any pieces.
  std::function<Status(IndexRange, const Sink&)> read;
};

Status WriteIndexHeader(const IndexSource& index, const std::string& path);
// From an index file.
Status WriteIndexHeader(const std::string& index_path, const std::string& path);

}  // namespace epi::tsdb
