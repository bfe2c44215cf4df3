// The grpc-timeout header: at most eight digits and a unit, "100m", "5S".
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace epi::rpc {

// Rounded up to the finest unit that fits eight digits. Not positive: "0n", which has expired on arrival.
std::string FormatTimeout(std::chrono::nanoseconds timeout);
// Nothing for what breaks the grammar. Values beyond the range of nanoseconds are capped.
std::optional<std::chrono::nanoseconds> ParseTimeout(std::string_view text);

}  // namespace epi::rpc
