#include "agent/sidecar/tree_hash.h"

#include <xxhash.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "common/base/file.h"
#include "common/base/str_cat.h"

namespace epi::agent {
namespace {

namespace fs = std::filesystem;

// Deeper trees than rules have; bounds a loop of symbolic links.
constexpr int kTreeDepthMax = 16;

Status CollectFiles(const fs::path& directory, int depth, std::vector<std::string>* files) {
  if (depth > kTreeDepthMax) return FailedPreconditionError(StrCat(directory.string(), ": directories nest too deep"));
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().filename().string().starts_with("..")) continue;
    const fs::file_status status = fs::status(entry->path(), error);
    if (error) break;
    if (fs::is_directory(status)) {
      RETURN_IF_ERROR(CollectFiles(entry->path(), depth + 1, files));
    } else if (fs::is_regular_file(status)) {
      files->push_back(entry->path().string());
    }
  }
  if (error) return NotFoundError(StrCat(directory.string(), ": ", error.message()));
  return OkStatus();
}

}  // namespace

Result<uint64_t> HashTree(const std::string& directory) {
  std::vector<std::string> files;
  RETURN_IF_ERROR(CollectFiles(directory, 0, &files));
  std::sort(files.begin(), files.end());
  uint64_t hash = 0;
  for (const std::string& file : files) {
    const std::string content = TRY(ReadFile(file));
    hash = XXH64(file.data(), file.size(), hash);
    hash = XXH64(content.data(), content.size(), hash);
  }
  return hash;
}

}  // namespace epi::agent
