// Writes a data set as one block, so that a Prometheus can be asked about it.
#pragma once

#include <string>

#include "common/base/context.h"
#include "common/base/status.h"
#include "common/series/memory_storage.h"

namespace epi::promqlgen {

// Below `directory`, a new folder with everything in `storage`; its path.
Result<std::string> WriteBlock(const Context& ctx, const series::MemoryStorage& storage, const std::string& directory);

}  // namespace epi::promqlgen
