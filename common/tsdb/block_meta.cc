#include "common/tsdb/block_meta.h"

#include <algorithm>

#include "common/base/file.h"

namespace epi::tsdb {

bool BlockCompaction::HasHint(std::string_view hint) const {
  return std::find(hints.begin(), hints.end(), hint) != hints.end();
}

Result<BlockMeta> BlockMeta::Read(const std::string& block_directory) {
  const std::string path = block_directory + "/" + std::string(kMetaFileName);
  return Parse(TRY(ReadFile(path, kMetaBytesMax)), path);
}

}  // namespace epi::tsdb
