// Numbers in the formats of C and Go that base/go_float.h does not have.
#pragma once

#include <string>

namespace epi::promql {

// %.<decimals>f; NaN, +Inf and -Inf as Go prints them.
std::string FormatFixed(double value, int decimals);
// %.<digits>g; likewise.
std::string FormatSignificant(double value, int digits);

}  // namespace epi::promql
