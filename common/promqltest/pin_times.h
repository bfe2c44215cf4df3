// Rewrites an expression so that it means the same at any evaluation time: every selector and subquery without @ time gets one.
#pragma once

#include <optional>
#include <string>

#include "common/base/status.h"

namespace epi::promqltest {

// The rewritten text, as evaluated at `time_ms`. Nothing when the expression has a function that looks at the evaluation time
// itself (time(), day_of_week(), timestamp(), …). Selectors inside a subquery that has an @ already stay as they are.
Result<std::optional<std::string>> PinTimes(const std::string& query, int64_t time_ms);

}  // namespace epi::promqltest
