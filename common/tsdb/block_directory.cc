#include "common/tsdb/block_directory.h"

#include <sys/stat.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "common/base/str_cat.h"
#include "common/tsdb/block_folder.h"

namespace epi::tsdb {
namespace {

using Blocks = std::vector<std::shared_ptr<const Block>>;

// Leaves out blocks that another one was compacted from.
void DropParents(Blocks* blocks) {
  std::set<Ulid> parents;
  for (const auto& block : *blocks) {
    for (const BlockDescription& parent : block->meta().compaction.parents) parents.insert(parent.ulid);
  }
  std::erase_if(*blocks, [&](const auto& block) { return parents.contains(block->meta().ulid); });
}

void SortByTime(Blocks* blocks) {
  std::sort(blocks->begin(), blocks->end(), [](const auto& a, const auto& b) {
    const auto key = [](const BlockMeta& meta) { return std::tie(meta.min_time_ms, meta.max_time_ms, meta.ulid); };
    return key(a->meta()) < key(b->meta());
  });
}

}  // namespace

Result<std::unique_ptr<BlockDirectory>> BlockDirectory::Open(std::string directory) {
  std::unique_ptr<BlockDirectory> opened(new BlockDirectory(std::move(directory)));
  RETURN_IF_ERROR(opened->Refresh());
  return opened;
}

BlockDirectory::FileStamp BlockDirectory::StampOf(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return {};
  constexpr int64_t kNanosPerSecond = 1'000'000'000;
  return {info.st_ino, info.st_mtim.tv_sec * kNanosPerSecond + info.st_mtim.tv_nsec, static_cast<uint64_t>(info.st_size)};
}

Result<BlockDirectory::OpenBlock> BlockDirectory::OpenOrReuse(const std::string& name,
                                                              const std::map<std::string, OpenBlock>& before) const {
  const std::string path = StrCat(directory_, "/", name);
  OpenBlock opened;
  // Taken before the files are read: a change in between shows at the next refresh.
  opened.meta = StampOf(StrCat(path, "/", kMetaFileName));
  opened.tombstones = StampOf(StrCat(path, "/", kTombstonesFileName));
  const auto found = before.find(name);
  if (found != before.end() && found->second.meta == opened.meta && found->second.tombstones == opened.tombstones) {
    return found->second;
  }
  opened.block = TRY(Block::Open(path));
  return opened;
}

Status BlockDirectory::Refresh() {
  MutexLock refresh_lock(&refresh_mutex_);
  std::map<std::string, OpenBlock> now;
  Blocks blocks;
  std::vector<std::string> warnings;
  for (const BlockFolder& folder : TRY(ListBlockFolders(directory_))) {
    if (folder.kind != FolderKind::kBlock) continue;
    const Result<OpenBlock> opened = OpenOrReuse(folder.name, open_);
    if (opened.ok()) {
      now[folder.name] = *opened;
      blocks.push_back(opened->block);
      continue;
    }
    // Gone since it was listed: nothing is missing that its successor does not have.
    const bool gone = StampOf(StrCat(directory_, "/", folder.name, "/", kMetaFileName)) == FileStamp();
    if (!gone) warnings.push_back(StrCat("block ", folder.name, " cannot be read: ", opened.status().message()));
  }
  open_ = std::move(now);
  DropParents(&blocks);
  SortByTime(&blocks);
  auto snapshot = std::make_shared<const BlockQuerier>(std::move(blocks), std::move(warnings));
  MutexLock lock(&mutex_);
  snapshot_ = std::move(snapshot);
  return OkStatus();
}

std::shared_ptr<const BlockQuerier> BlockDirectory::Snapshot() const {
  MutexLock lock(&mutex_);
  return snapshot_;
}

}  // namespace epi::tsdb
