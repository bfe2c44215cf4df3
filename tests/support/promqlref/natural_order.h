// Order of texts in which numbers count as numbers: a2 before a10.
#pragma once

#include <string_view>

namespace epi::promqlref {

// <0, 0, >0; 0 also for texts that differ in leading zeros alone.
int NaturalCompare(std::string_view a, std::string_view b);

}  // namespace epi::promqlref
