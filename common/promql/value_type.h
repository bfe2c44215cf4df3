// The types of PromQL values.
#pragma once

#include <cstdint>
#include <string_view>

namespace epi::promql {

enum class ValueType : uint8_t { kNone, kScalar, kVector, kMatrix, kString };

// As in the HTTP API's resultType: "none", "scalar", "vector", "matrix", "string".
std::string_view ValueTypeText(ValueType type);
// As in error messages: "scalar", "instant vector", "range vector", "string".
std::string_view DocumentedType(ValueType type);

}  // namespace epi::promql
