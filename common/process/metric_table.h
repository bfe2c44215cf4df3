// The table of a program's metrics for its documentation.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/metrics/exposition.h"

namespace epi::process {

// Name with labels, type and meaning, one row each, in Markdown under a heading with the component's name.
std::string MetricTableMarkdown(std::string_view component, const std::vector<metrics::FamilyInfo>& families);

}  // namespace epi::process
