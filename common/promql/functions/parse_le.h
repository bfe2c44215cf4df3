// The bound in an "le" label, in Go's syntax of floats.
#pragma once

#include <optional>
#include <string_view>

namespace epi::promql {

// Nothing for text that is no number (or NaN with other text around it).
std::optional<double> ParseBucketBound(std::string_view text);

}  // namespace epi::promql
