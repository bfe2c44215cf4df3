// A number that changes when a file below a directory changes its name or content.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/status.h"

namespace epi::agent {

// Files below `directory`, subdirectories and symbolic links followed; Kubernetes' bookkeeping entries that start with ".."
// are passed over, for their files appear under their own names.
// Errors: NotFound and others of the file system, with the path.
Result<uint64_t> HashTree(const std::string& directory);

}  // namespace epi::agent
