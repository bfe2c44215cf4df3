#include "common/tsdb/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "common/base/errno_status.h"
#include "common/base/file.h"
#include "common/base/str_cat.h"

namespace epi::tsdb {
namespace {

constexpr uint64_t kPageBytes = 4096;

}  // namespace

Result<MappedFile> MappedFile::Open(const std::string& path) {
  const UniqueFd fd = TRY(OpenFile(path, O_RDONLY));
  struct stat info {};
  if (fstat(fd.get(), &info) != 0) return ErrnoError(errno, StrCat("stat ", path));
  if (!S_ISREG(info.st_mode)) return DataLossError(StrCat(path, ": not a regular file"));
  void* data = nullptr;
  if (info.st_size > 0) {
    data = mmap(nullptr, static_cast<size_t>(info.st_size), PROT_READ, MAP_SHARED, fd.get(), 0);
    if (data == MAP_FAILED) return ErrnoError(errno, StrCat("map ", path));
  }
  return MappedFile(path, static_cast<char*>(data), static_cast<size_t>(info.st_size));
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : path_(std::move(other.path_)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      touched_(std::move(other.touched_)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(touched_, other.touched_);
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

void MappedFile::NoteWindows(uint64_t window, uint64_t count) const {
  touched_->last_window.store(window, std::memory_order_relaxed);
  if (touched_->windows.fetch_add(count, std::memory_order_relaxed) + count < kTouchedWindowsMax) return;
  touched_->windows.store(0, std::memory_order_relaxed);
  Forget(0, size_);
}

}  // namespace epi::tsdb
