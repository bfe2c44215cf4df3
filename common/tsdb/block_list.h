// A table of the blocks in a TSDB directory, broken and unfinished ones included.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/status.h"
#include "common/tsdb/block_folder.h"
#include "common/tsdb/block_meta.h"

namespace epi::tsdb {

struct ListedBlock {
  BlockFolder folder;
  std::optional<BlockMeta> meta;  // Absent when it cannot be read: `problem` says why.
  std::string problem;
  uint64_t size_bytes = 0;        // Of all files in the folder.
};

// Sorted by start time; folders without readable meta last. Folders that are no blocks of any kind are left out.
Result<std::vector<ListedBlock>> ListBlocks(const std::string& directory);

// One line per block under a header: ULID, range, duration, samples, chunks, series, level, resolution, bytes.
std::string FormatBlockList(const std::vector<ListedBlock>& blocks);

}  // namespace epi::tsdb
