// Questions about whole columns, answered several elements at a time.
#pragma once

#include <cstdint>
#include <span>

namespace epi::series {

// Is every time later than the one before it?
bool StrictlyIncreasing(std::span<const int64_t> times_ms);

bool HasStaleNan(std::span<const double> values);

// Is some value less than the one before it? NaN never is.
bool Falls(std::span<const double> values);

}  // namespace epi::series
