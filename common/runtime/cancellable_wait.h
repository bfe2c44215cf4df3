// A pause that a cancelled context ends at once.
#pragma once

#include <chrono>

#include "common/base/context.h"

namespace epi::runtime {

// Returns after `pause`, or as soon as the context is cancelled or its deadline passed.
void CancellableWait(const Context& ctx, std::chrono::milliseconds pause);

}  // namespace epi::runtime
