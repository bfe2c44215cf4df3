// RFC 3339 times: 2026-11-25T04:02:38.123Z.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/status.h"

namespace epi {

// The earliest and latest time that Prometheus' API takes, in Unix milliseconds.
inline constexpr int64_t kPrometheusMinTimeMs = (INT64_MIN / 1000 + 62135596801) * 1000;
inline constexpr int64_t kPrometheusMaxTimeMs = (INT64_MAX / 1000 - 62135596801) * 1000 + 999;

// Unix milliseconds of a time with Z or a numeric offset; digits below a millisecond are cut off.
// Errors: InvalidArgument with the text.
Result<int64_t> ParseRfc3339Ms(std::string_view text);

// UTC with as many decimals as needed: none, or up to three without trailing zeros (Go's RFC3339Nano).
std::string FormatRfc3339Ms(int64_t time_ms);
// The same with nanoseconds; 0 <= nanoseconds < 1e9.
void AppendRfc3339Nano(std::string* out, int64_t unix_seconds, int nanoseconds);

}  // namespace epi
