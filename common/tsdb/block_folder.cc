#include "common/tsdb/block_folder.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "common/base/errno_status.h"
#include "common/base/str_cat.h"
#include "common/tsdb/block_meta.h"

namespace epi::tsdb {
namespace {

bool IsDirectory(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

}  // namespace

BlockFolder ClassifyFolderName(std::string_view name) {
  BlockFolder folder;
  folder.name = name;
  const Result<Ulid> ulid = Ulid::Parse(name.substr(0, Ulid::kTextSize));
  if (!ulid.ok()) return folder;
  const std::string_view suffix = name.substr(Ulid::kTextSize);
  if (suffix.empty()) {
    folder.kind = FolderKind::kBlock;
  } else if (suffix == kCreationSuffix || suffix == kDeletionSuffix || suffix == kOldTemporarySuffix) {
    folder.kind = FolderKind::kTemporary;
  } else {
    return folder;
  }
  folder.ulid = *ulid;
  return folder;
}

Result<std::vector<BlockFolder>> ListBlockFolders(const std::string& directory) {
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(opendir(directory.c_str()), closedir);
  if (dir == nullptr) return ErrnoError(errno, StrCat("open ", directory));
  std::vector<BlockFolder> folders;
  for (;;) {
    errno = 0;
    const dirent* entry = readdir(dir.get());
    if (entry == nullptr && errno != 0) return ErrnoError(errno, StrCat("read ", directory));
    if (entry == nullptr) break;
    const std::string name = entry->d_name;
    const std::string path = StrCat(directory, "/", name);
    if (name == "." || name == ".." || !IsDirectory(path)) continue;
    BlockFolder folder = ClassifyFolderName(name);
    if (folder.kind == FolderKind::kBlock && access(StrCat(path, "/", kMetaFileName).c_str(), F_OK) != 0) {
      folder.kind = FolderKind::kPartial;
    }
    folders.push_back(std::move(folder));
  }
  std::sort(folders.begin(), folders.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return folders;
}

}  // namespace epi::tsdb
