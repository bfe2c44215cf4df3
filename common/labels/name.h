// Which strings may name a label or a metric.
//
// "Legacy" is the ASCII grammar of Prometheus 2; Prometheus 3 takes any non-empty UTF-8, and quotes what is not legacy.
#pragma once

#include <string_view>

namespace epi::labels {

// [a-zA-Z_][a-zA-Z0-9_]*
bool IsLegacyLabelName(std::string_view name);
// [a-zA-Z_:][a-zA-Z0-9_:]*
bool IsLegacyMetricName(std::string_view name);
// Not empty, valid UTF-8. Holds for label and metric names.
bool IsValidName(std::string_view name);
// Valid UTF-8, may be empty.
bool IsValidValue(std::string_view value);

}  // namespace epi::labels
