// Values of number and duration literals, with Go's error texts.
#pragma once

#include <string_view>

#include "common/base/status.h"

namespace epi::promql {

// An integer with a base by its prefix (0x1F, 0755 is octal, 1_000), else a decimal float, Inf or NaN in any case. What is no
// valid integer may still be a float: 08 is 8.
// Errors: InvalidArgument `strconv.ParseFloat: parsing "…": invalid syntax` (or "value out of range").
Result<double> ParseNumber(std::string_view text);

// 1h30m in seconds. Errors: InvalidArgument `not a valid duration string: "…"` and the like.
Result<double> ParseDurationSeconds(std::string_view text);

// Whether so many seconds do not fit into 64 bits of nanoseconds.
bool IsDurationOutOfRange(double seconds);

// Nearest nanosecond, cut to milliseconds; saturates.
int64_t SecondsToMs(double seconds);

}  // namespace epi::promql
