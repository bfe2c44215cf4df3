// Whole small files: read at once, written so that a crash leaves the old contents or the new, never a mixture.
//
// Errors:  carry the path and the system's reason; NotFound for a missing file.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/base/unique_fd.h"

namespace epi {

// Opens with O_CLOEXEC; `flags` and `mode` as in open(2).
Result<UniqueFd> OpenFile(const std::string& path, int flags, mode_t mode = 0644);

// Errors: ResourceExhausted when the file is larger than `bytes_max`.
inline constexpr uint64_t kReadFileBytesMax = 64U << 20;
Result<std::string> ReadFile(const std::string& path, uint64_t bytes_max = kReadFileBytesMax);

// Writes all of `contents` at the descriptor's position. `path` is for the error.
Status WriteAll(int fd, std::string_view contents, const std::string& path);

// Writes a temporary file beside `path`, syncs it, renames it over `path` and syncs the directory.
Status WriteFileAtomically(const std::string& path, std::string_view contents, mode_t mode = 0644);

// Makes renames, creations and deletions inside `directory` durable.
Status SyncDirectory(const std::string& directory);

// Creates `path` and its missing parents.
Status MakeDirectories(const std::string& path);

// Part before the last slash: "." without one, "/" for the root.
std::string ParentDirectory(std::string_view path);

}  // namespace epi
