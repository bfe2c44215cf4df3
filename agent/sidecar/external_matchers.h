// Matchers on external labels are settled here: Prometheus does not have those labels.
#pragma once

#include <optional>
#include <span>

#include "common/labels/labels.h"
#include "common/labels/matcher.h"

namespace epi::agent {

// The matchers that are left for Prometheus; none when one of them refuses an external label: then nothing can match. A
// selector of external labels alone becomes one that takes every series.
std::optional<labels::Matchers> WithoutExternal(std::span<const labels::Matcher> matchers, const labels::Labels& external);

}  // namespace epi::agent
