#include "common/labels/name.h"

#include <algorithm>

#include "common/base/utf8.h"

namespace epi::labels {
namespace {

constexpr bool IsNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool IsLegacyLabelName(std::string_view name) {
  if (name.empty() || IsDigit(name[0])) return false;
  return std::all_of(name.begin(), name.end(), [](char c) { return IsNameStart(c) || IsDigit(c); });
}

bool IsLegacyMetricName(std::string_view name) {
  if (name.empty() || IsDigit(name[0])) return false;
  return std::all_of(name.begin(), name.end(), [](char c) { return IsNameStart(c) || IsDigit(c) || c == ':'; });
}

bool IsValidName(std::string_view name) { return !name.empty() && IsValidUtf8(name); }

bool IsValidValue(std::string_view value) { return IsValidUtf8(value); }

}  // namespace epi::labels
