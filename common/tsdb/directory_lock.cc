#include "common/tsdb/directory_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "common/base/errno_status.h"
#include "common/base/file.h"
#include "common/base/str_cat.h"
#include "common/tsdb/block_folder.h"

namespace epi::tsdb {

Result<DirectoryLock> DirectoryLock::Acquire(const std::string& directory) {
  const std::string path = StrCat(directory, "/", kLockFileName);
  UniqueFd fd = TRY(OpenFile(path, O_RDWR | O_CREAT));
  if (flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return DirectoryLock(std::move(fd));
  if (errno == EWOULDBLOCK) return FailedPreconditionError(StrCat(path, ": held by another process"));
  return ErrnoError(errno, StrCat("lock ", path));
}

}  // namespace epi::tsdb
