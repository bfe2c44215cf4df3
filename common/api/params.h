// Request parameters as Prometheus reads them: times, durations, booleans, limits, selectors.
//
// Errors: InvalidArgument with the parameter's name and Prometheus' wording: invalid parameter "time": cannot parse "x" to a
//         valid timestamp.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/api/request_params.h"
#include "common/base/status.h"
#include "common/labels/matcher.h"

namespace epi::api {

// Unix milliseconds from seconds ("1700000000.5"), RFC 3339, or Prometheus' two sentinels for the earliest and latest time.
Result<int64_t> ParseTime(std::string_view name, std::string_view text);
// A time that may be missing; Prometheus words the error of these at greater length.
Result<int64_t> ParseOptionalTime(const RequestParams& params, std::string_view name, int64_t missing_ms);
// Seconds ("15", "0.5") or a Prometheus duration ("1h30m", also Go's "1m0s").
Result<std::chrono::milliseconds> ParseDurationParam(std::string_view name, std::string_view text);
Result<bool> ParseBool(std::string_view name, std::string_view text);
// A non-negative whole number.
Result<int64_t> ParseLimit(std::string_view text);
// match[] and the like: each selector needs a matcher that does not match the empty string. Errors are without the parameter's name,
// which only some endpoints of Prometheus put before them.
Result<std::vector<labels::Matchers>> ParseSelectors(std::string_view name, const std::vector<std::string>& texts);
// A label name as it stands in a path: U__ escapes are decoded. InvalidArgument when it is no label name.
Result<std::string> ParseLabelName(std::string_view text);

// invalid parameter "name": reason.
Status InvalidParameter(std::string_view name, const Status& reason);

}  // namespace epi::api
