// System call errors as Status.
#pragma once

#include <string>

#include "common/base/status.h"

namespace epi {

// "open /x: No such file or directory" with the code nearest to `error_number` (ENOENT → NotFound, EACCES → PermissionDenied,
// ENOSPC → ResourceExhausted, EEXIST → AlreadyExists, ETIMEDOUT and broken connections → Unavailable, else Internal).
Status ErrnoError(int error_number, std::string what);

}  // namespace epi
