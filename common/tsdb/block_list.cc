#include "common/tsdb/block_list.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <utility>

#include "common/base/duration.h"
#include "common/base/str_cat.h"
#include "common/base/time_format.h"
#include "common/tsdb/text_table.h"

namespace epi::tsdb {
namespace {

namespace fs = std::filesystem;

uint64_t FolderBytes(const std::string& path) {
  uint64_t bytes = 0;
  std::error_code error;
  for (auto it = fs::recursive_directory_iterator(path, error); !error && it != fs::end(it); it.increment(error)) {
    std::error_code size_error;
    const uintmax_t size = it->is_regular_file(size_error) ? it->file_size(size_error) : 0;
    if (!size_error) bytes += size;
  }
  return bytes;
}

std::string ProblemOf(const BlockFolder& folder, const Status& meta) {
  if (folder.kind == FolderKind::kTemporary) return "temporary: left behind or in work";
  if (folder.kind == FolderKind::kPartial) return "partial: no meta.json";
  return std::string(meta.message());
}

std::vector<std::string> RowOf(const ListedBlock& block) {
  if (!block.meta) return {block.folder.name, block.problem};
  const BlockMeta& meta = *block.meta;
  const std::chrono::milliseconds duration(meta.max_time_ms - meta.min_time_ms);
  const int64_t resolution_ms = meta.thanos ? meta.thanos->resolution_ms : 0;
  return {block.folder.name,
          FormatRfc3339Ms(meta.min_time_ms),
          FormatRfc3339Ms(meta.max_time_ms),
          FormatDuration(duration),
          StrCat(meta.stats.samples),
          StrCat(meta.stats.chunks),
          StrCat(meta.stats.series),
          StrCat(meta.compaction.level),
          resolution_ms == 0 ? "raw" : FormatDuration(std::chrono::milliseconds(resolution_ms)),
          StrCat(block.size_bytes)};
}

}  // namespace

Result<std::vector<ListedBlock>> ListBlocks(const std::string& directory) {
  std::vector<ListedBlock> blocks;
  for (BlockFolder& folder : TRY(ListBlockFolders(directory))) {
    if (folder.kind == FolderKind::kOther) continue;
    ListedBlock block;
    const std::string path = StrCat(directory, "/", folder.name);
    Result<BlockMeta> meta = BlockMeta::Read(path);
    if (folder.kind == FolderKind::kBlock && meta.ok()) {
      block.meta = std::move(meta).value();
    } else {
      block.problem = ProblemOf(folder, meta.status());
    }
    block.size_bytes = FolderBytes(path);
    block.folder = std::move(folder);
    blocks.push_back(std::move(block));
  }
  std::stable_sort(blocks.begin(), blocks.end(), [](const ListedBlock& a, const ListedBlock& b) {
    const auto key = [](const ListedBlock& block) {
      return std::pair(!block.meta.has_value(), block.meta ? block.meta->min_time_ms : 0);
    };
    return key(a) < key(b);
  });
  return blocks;
}

std::string FormatBlockList(const std::vector<ListedBlock>& blocks) {
  std::vector<std::vector<std::string>> rows = {{"BLOCK ULID", "MIN TIME", "MAX TIME", "DURATION", "NUM SAMPLES", "NUM CHUNKS",
                                                 "NUM SERIES", "LEVEL", "RESOLUTION", "SIZE"}};
  for (const ListedBlock& block : blocks) rows.push_back(RowOf(block));
  return FormatTable(rows);
}

}  // namespace epi::tsdb
