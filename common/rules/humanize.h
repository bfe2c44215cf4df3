// Numbers as people read them: 1.234k, 1.5Gi, 2d 3h 0m 1s, 12.5%. Prometheus' template functions of these names.
#pragma once

#include <string>

namespace epi::rules {

std::string Humanize(double value);
std::string Humanize1024(double value);
// Of seconds.
std::string HumanizeDuration(double seconds);
// Of a ratio: 0.125 is 12.5%.
std::string HumanizePercentage(double ratio);
// Of Unix seconds: "2009-02-13 23:31:30 +0000 UTC". Times beyond nanoseconds of 64 bits are printed as numbers.
std::string HumanizeTimestamp(double seconds);

}  // namespace epi::rules
