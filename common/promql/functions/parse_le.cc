#include "common/promql/functions/parse_le.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>

namespace epi::promql {
namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

}  // namespace

std::optional<double> ParseBucketBound(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || text.starts_with('-') || text.starts_with('+')) return std::nullopt;
  const std::string lower = Lower(text);
  double value = 0;
  if (lower == "inf" || lower == "infinity") {
    value = std::numeric_limits<double>::infinity();
  } else if (lower == "nan") {
    value = std::numeric_limits<double>::quiet_NaN();
  } else {
    const bool hex = lower.starts_with("0x");
    const char* begin = lower.data() + (hex ? 2 : 0);
    const char* end = lower.data() + lower.size();
    const auto format = hex ? std::chars_format::hex : std::chars_format::general;
    const auto parsed = std::from_chars(begin, end, value, format);
    if (parsed.ptr != end || parsed.ec != std::errc()) return std::nullopt;
    // from_chars takes "inf" and "nan" after 0x, Go does not.
    if (!(lower[0] == '.' || (lower[0] >= '0' && lower[0] <= '9'))) return std::nullopt;
  }
  return negative ? -value : value;
}

}  // namespace epi::promql
