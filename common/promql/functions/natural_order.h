// Natural order of strings: "a2" before "a10".
#pragma once

#include <string_view>

namespace epi::promql {

// <0, 0, >0. Runs of digits compare as numbers, everything else bytewise. 0 only for equal strings, or equal but for leading zeros.
int CompareNatural(std::string_view a, std::string_view b);

}  // namespace epi::promql
