// Names of a TSDB's folders and files, and what each folder is.
//
// Threads: pure functions of the file system.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "common/base/ulid.h"

namespace epi::tsdb {

inline constexpr std::string_view kIndexFileName = "index";
inline constexpr std::string_view kChunksFolderName = "chunks";
inline constexpr std::string_view kTombstonesFileName = "tombstones";
inline constexpr std::string_view kLockFileName = "lock";
// Added to a block's ULID.
inline constexpr std::string_view kCreationSuffix = ".tmp-for-creation";
inline constexpr std::string_view kDeletionSuffix = ".tmp-for-deletion";
inline constexpr std::string_view kOldTemporarySuffix = ".tmp";

enum class FolderKind : uint8_t {
  kBlock,      // ULID with a meta.json.
  kPartial,    // ULID without one: not a block yet, or not any more.
  kTemporary,  // ULID and a suffix: left behind by a crash, or being worked on.
  kOther,
};

struct BlockFolder {
  std::string name;
  FolderKind kind = FolderKind::kOther;
  Ulid ulid;  // Zero for kOther.
};

// Judges by the name alone; a ULID is kBlock.
BlockFolder ClassifyFolderName(std::string_view name);
// The folders directly in `directory`, sorted by name; files are left out.
// Errors: NotFound when there is no such directory.
Result<std::vector<BlockFolder>> ListBlockFolders(const std::string& directory);

}  // namespace epi::tsdb
