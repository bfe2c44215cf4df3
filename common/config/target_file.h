// Files that list targets, as Prometheus' file discovery has them, in YAML or JSON:
//
//   - targets: ["10.0.0.1:10901", "dns+stores.example:10901"]
//     labels: {zone: "a"}        # allowed, and of no use here
//
// Errors: InvalidArgument naming file and line; what reading a file returns.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"

namespace epi::config {

// `source` names the text in errors.
Result<std::vector<std::string>> ParseTargets(std::string_view text, const std::string& source);

// Files that the patterns (as of a shell; /etc/stores/*.yaml) match now, in order. A pattern that matches nothing is skipped.
std::vector<std::string> ExpandFilePatterns(std::span<const std::string> patterns);

}  // namespace epi::config
