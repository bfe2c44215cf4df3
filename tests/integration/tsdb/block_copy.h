// Writes a block anew in several ways, for comparisons with the block it came from.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/base/status.h"
#include "common/tsdb/block.h"

namespace epi {

// Decodes every sample and writes a block of them, cut as a compaction cuts.
Status RewriteBlock(const std::shared_ptr<const tsdb::Block>& block, const std::string& to_directory);

// Writes a block of the chunks as they stand.
Status CopyBlock(const std::shared_ptr<const tsdb::Block>& block, const std::string& to_directory);

struct RecutCounts {
  uint64_t chunks = 0;
  uint64_t equal = 0;
  uint64_t shorter = 0;  // Ours lacks one zero byte at the end, which older writers leave.
  uint64_t different = 0;
};

// Encodes every chunk's samples again, with the cuts the series has.
Result<RecutCounts> RecutBlock(const std::shared_ptr<const tsdb::Block>& block);

}  // namespace epi
