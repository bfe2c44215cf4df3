#include "common/tsdb/buffered_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "common/base/errno_status.h"
#include "common/base/file.h"
#include "common/base/str_cat.h"

namespace epi::tsdb {

Result<BufferedFile> BufferedFile::Create(const std::string& path) {
  return BufferedFile(path, TRY(OpenFile(path, O_WRONLY | O_CREAT | O_EXCL)));
}

Status BufferedFile::Append(std::string_view bytes) {
  RETURN_IF_ERROR(failed_);
  buffer_.append(bytes);
  offset_ += bytes.size();
  return buffer_.size() >= kBufferBytes ? Flush() : OkStatus();
}

Status BufferedFile::Pad(uint64_t alignment) {
  const uint64_t zeros = (alignment - offset_ % alignment) % alignment;
  return Append(std::string(zeros, '\0'));
}

Status BufferedFile::Flush() {
  failed_ = WriteAll(fd_.get(), buffer_, path_);
  buffer_.clear();
  return failed_;
}

Status BufferedFile::Finish() {
  RETURN_IF_ERROR(failed_);
  RETURN_IF_ERROR(Flush());
  if (fsync(fd_.get()) != 0) return failed_ = ErrnoError(errno, StrCat("sync ", path_));
  if (close(fd_.Release()) != 0) return failed_ = ErrnoError(errno, StrCat("close ", path_));
  return OkStatus();
}

}  // namespace epi::tsdb
