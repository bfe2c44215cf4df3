#include "common/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>

#include "common/base/errno_status.h"
#include "common/base/str_cat.h"

namespace epi {
namespace {

constexpr size_t kReadStepBytes = 64 << 10;

// Bytes read into `out` at `position`; 0 at the end of the file.
Result<size_t> ReadSome(int fd, std::string* out, size_t position, const std::string& path) {
  while (true) {
    const ssize_t count = ::read(fd, out->data() + position, out->size() - position);
    if (count >= 0) return static_cast<size_t>(count);
    if (errno != EINTR) return ErrnoError(errno, StrCat("read ", path));
  }
}

// Unique among the processes and threads that write beside `path`.
std::string TemporaryName(const std::string& path) {
  static std::atomic<uint64_t> counter{0};
  return StrCat(path, ".", ::getpid(), ".", counter.fetch_add(1), ".tmp");
}

Status WriteAndSync(const std::string& path, std::string_view contents, mode_t mode) {
  const UniqueFd fd = TRY(OpenFile(path, O_WRONLY | O_CREAT | O_EXCL, mode));
  RETURN_IF_ERROR(WriteAll(fd.get(), contents, path));
  if (::fsync(fd.get()) != 0) return ErrnoError(errno, StrCat("fsync ", path));
  return {};
}

}  // namespace

Result<UniqueFd> OpenFile(const std::string& path, int flags, mode_t mode) {
  while (true) {
    const int fd = ::open(path.c_str(), flags | O_CLOEXEC, mode);
    if (fd >= 0) return UniqueFd(fd);
    if (errno != EINTR) return ErrnoError(errno, StrCat("open ", path));
  }
}

Result<std::string> ReadFile(const std::string& path, uint64_t bytes_max) {
  const UniqueFd fd = TRY(OpenFile(path, O_RDONLY));
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return ErrnoError(errno, StrCat("stat ", path));
  if (S_ISDIR(info.st_mode)) return ErrnoError(EISDIR, StrCat("read ", path));
  std::string contents;
  size_t size = 0;
  // The size is a hint only: files in /proc have none, and others may grow.
  contents.resize(std::min(static_cast<uint64_t>(info.st_size), bytes_max) + 1);
  while (true) {
    const size_t count = TRY(ReadSome(fd.get(), &contents, size, path));
    if (count == 0) break;
    size += count;
    if (size > bytes_max) {
      return ResourceExhaustedError(StrCat("read ", path, ": file is larger than ", bytes_max, " bytes"));
    }
    if (size == contents.size()) contents.resize(std::min<uint64_t>(size + kReadStepBytes, bytes_max + 1));
  }
  contents.resize(size);
  return contents;
}

Status WriteAll(int fd, std::string_view contents, const std::string& path) {
  while (!contents.empty()) {
    const ssize_t count = ::write(fd, contents.data(), contents.size());
    if (count < 0) {
      if (errno == EINTR) continue;
      return ErrnoError(errno, StrCat("write ", path));
    }
    contents.remove_prefix(static_cast<size_t>(count));
  }
  return {};
}

Status WriteFileAtomically(const std::string& path, std::string_view contents, mode_t mode) {
  const std::string temporary = TemporaryName(path);
  Status written = WriteAndSync(temporary, contents, mode);
  if (written.ok() && std::rename(temporary.c_str(), path.c_str()) != 0) {
    written = ErrnoError(errno, StrCat("rename ", temporary, " to ", path));
  }
  if (!written.ok()) {
    ::unlink(temporary.c_str());
    return written;
  }
  return SyncDirectory(ParentDirectory(path));
}

Status SyncDirectory(const std::string& directory) {
  const UniqueFd fd = TRY(OpenFile(directory, O_RDONLY | O_DIRECTORY));
  if (::fsync(fd.get()) != 0) return ErrnoError(errno, StrCat("fsync ", directory));
  return {};
}

Status MakeDirectories(const std::string& path) {
  for (size_t end = 0; end != std::string::npos;) {
    end = path.find('/', end + 1);
    const std::string part = path.substr(0, end);
    if (::mkdir(part.c_str(), 0777) != 0 && errno != EEXIST) return ErrnoError(errno, StrCat("mkdir ", part));
  }
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return ErrnoError(errno, StrCat("stat ", path));
  if (!S_ISDIR(info.st_mode)) return ErrnoError(ENOTDIR, StrCat("mkdir ", path));
  return {};
}

std::string ParentDirectory(std::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(path.substr(0, std::max<size_t>(slash, 1)));
}

}  // namespace epi
