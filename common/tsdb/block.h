// One block folder, opened for reading. Format: docs/formats/meta.md.
//
// Contract: Open() reads meta.json and tombstones whole and opens index and chunks (see their readers for what is verified
//           when). A block never changes; when its folder is removed, an open Block still reads.
// Threads:  immutable.
// Owns:     the mappings of its files.
// Errors:   DataLoss with file and offset; NotFound when a file is missing.
#pragma once

#include <memory>
#include <string>

#include "common/base/status.h"
#include "common/tsdb/block_meta.h"
#include "common/tsdb/chunk_segment_reader.h"
#include "common/tsdb/index_reader.h"
#include "common/tsdb/tombstones.h"

namespace epi::tsdb {

class Block {
 public:
  static Result<std::shared_ptr<const Block>> Open(const std::string& directory);

  const std::string& directory() const { return directory_; }
  const BlockMeta& meta() const { return meta_; }
  const IndexReader& index() const { return *index_; }
  const ChunkSegmentReader& chunks() const { return *chunks_; }
  const Tombstones& tombstones() const { return tombstones_; }
  // "<directory>/chunks", as errors about chunks name them.
  const std::string& chunks_directory() const { return chunks_directory_; }
  // Whether [min, max) of the block and the closed range have a millisecond in common.
  bool Overlaps(int64_t mint_ms, int64_t maxt_ms) const {
    return meta_.min_time_ms <= maxt_ms && mint_ms < meta_.max_time_ms;
  }

 private:
  Block() = default;

  std::string directory_;
  std::string chunks_directory_;
  BlockMeta meta_;
  std::unique_ptr<const IndexReader> index_;
  std::unique_ptr<const ChunkSegmentReader> chunks_;
  Tombstones tombstones_;
};

}  // namespace epi::tsdb
