#include "common/promql/value_type.h"

#include "common/base/check.h"
#include "common/promql/value.h"

namespace epi::promql {

std::string_view ValueTypeText(ValueType type) {
  switch (type) {
    case ValueType::kNone:
      return "none";
    case ValueType::kScalar:
      return "scalar";
    case ValueType::kVector:
      return "vector";
    case ValueType::kMatrix:
      return "matrix";
    case ValueType::kString:
      return "string";
  }
  CHECK(false);
}

std::string_view DocumentedType(ValueType type) {
  switch (type) {
    case ValueType::kVector:
      return "instant vector";
    case ValueType::kMatrix:
      return "range vector";
    default:
      return ValueTypeText(type);
  }
}

ValueType TypeOf(const Value& value) {
  static constexpr ValueType kTypes[] = {ValueType::kScalar, ValueType::kString, ValueType::kVector, ValueType::kMatrix};
  return kTypes[value.index()];
}

}  // namespace epi::promql
