// The seed of a property test: new each time, or the one in EPI_SEED. The test prints it with INFO.
#pragma once

#include <cstdint>
#include <cstdlib>

#include "common/base/random.h"

namespace epi {

inline uint64_t TestSeed() {
  const char* given = std::getenv("EPI_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : Random::SystemSeed();
}

}  // namespace epi
