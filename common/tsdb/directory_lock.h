// The lock file of a TSDB directory: whoever writes blocks holds it, readers ignore it. The same lock as Prometheus'.
//
// Contract: at most one holder over all processes; it ends with this object or with the process.
// Errors:   FailedPrecondition when somebody else holds it.
#pragma once

#include <string>

#include "common/base/status.h"
#include "common/base/unique_fd.h"

namespace epi::tsdb {

class DirectoryLock {
 public:
  static Result<DirectoryLock> Acquire(const std::string& directory);

 private:
  explicit DirectoryLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace epi::tsdb
