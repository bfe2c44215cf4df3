#include "common/series/scan.h"

#include <bit>

#include "common/base/vector_clones.h"
#include "common/series/sample.h"

namespace epi::series {
namespace {

// All elements are looked at, and what is found is gathered in one word: no branch in the loops.

EPI_VECTOR_CLONES uint64_t NotLater(const int64_t* times, size_t size) {
  uint64_t found = 0;
  for (size_t i = 1; i < size; ++i) found |= times[i] <= times[i - 1] ? ~uint64_t{0} : 0;
  return found;
}

EPI_VECTOR_CLONES uint64_t StaleMarks(const double* values, size_t size) {
  uint64_t different = ~uint64_t{0};
  for (size_t i = 0; i < size; ++i) {
    const uint64_t delta = std::bit_cast<uint64_t>(values[i]) ^ kStaleNanBits;
    different &= delta | (0 - delta);  // The highest bit is clear for 0 alone.
  }
  return ~different;
}

EPI_VECTOR_CLONES uint64_t FallingSteps(const double* values, size_t size) {
  uint64_t found = 0;
  for (size_t i = 1; i < size; ++i) found |= values[i] < values[i - 1] ? ~uint64_t{0} : 0;
  return found;
}

}  // namespace

bool StrictlyIncreasing(std::span<const int64_t> times_ms) { return NotLater(times_ms.data(), times_ms.size()) == 0; }

bool HasStaleNan(std::span<const double> values) { return static_cast<int64_t>(StaleMarks(values.data(), values.size())) < 0; }

bool Falls(std::span<const double> values) { return FallingSteps(values.data(), values.size()) != 0; }

}  // namespace epi::series
