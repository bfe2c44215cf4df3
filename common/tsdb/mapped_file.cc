#include "common/tsdb/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "common/base/str_cat.h"

namespace epi::tsdb {
namespace {

constexpr uint64_t kPageBytes = 4096;

Status SystemError(std::string_view what, const std::string& path) {
  std::string message = StrCat(what, " ", path, ": ", std::strerror(errno));
  if (errno == ENOENT || errno == ENOTDIR) return NotFoundError(std::move(message));
  if (errno == EACCES || errno == EPERM) return PermissionDeniedError(std::move(message));
  return UnavailableError(std::move(message));
}

}  // namespace

Result<MappedFile> MappedFile::Open(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return SystemError("open", path);
  struct stat info {};
  void* data = nullptr;
  Status status;
  if (fstat(fd, &info) != 0) {
    status = SystemError("stat", path);
  } else if (!S_ISREG(info.st_mode)) {
    status = DataLossError(StrCat(path, ": not a regular file"));
  } else if (info.st_size > 0) {
    data = mmap(nullptr, static_cast<size_t>(info.st_size), PROT_READ, MAP_SHARED, fd, 0);
    if (data == MAP_FAILED) status = SystemError("map", path);
  }
  close(fd);
  RETURN_IF_ERROR(std::move(status));
  return MappedFile(path, static_cast<char*>(data), static_cast<size_t>(info.st_size));
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : path_(std::move(other.path_)), data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) munmap(data_, size_);
}

void MappedFile::Forget(uint64_t begin, uint64_t end) const {
  const uint64_t first = begin / kPageBytes * kPageBytes;
  const uint64_t last = std::min<uint64_t>(end, size_);
  // Advice only: when it is refused the pages merely stay.
  if (last > first) madvise(data_ + first, last - first, MADV_DONTNEED);
}

}  // namespace epi::tsdb
