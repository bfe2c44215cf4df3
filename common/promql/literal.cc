#include "common/promql/literal.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string>

#include "common/base/go_quote.h"
#include "common/base/str_cat.h"

namespace epi::promql {
namespace {

constexpr double kNanosPerSecond = 1e9;
// 2^63 nanoseconds, in seconds.
constexpr double kDurationMaxSeconds = 9223372036.854775808;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHexDigit(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// Underscores may stand between digits, and between 0x and a digit.
bool UnderscoresAreFine(std::string_view text, bool hex) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') continue;
    const auto is_digit = [hex](char c) { return hex ? IsHexDigit(c) : IsDigit(c); };
    const bool after_prefix = hex && i == 2;
    if (i == 0 || (!after_prefix && !is_digit(text[i - 1]))) return false;
    if (i + 1 >= text.size() || !is_digit(text[i + 1])) return false;
  }
  return true;
}

std::optional<int64_t> ParseInteger(std::string_view digits, int base) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

Status FloatError(std::string_view text, std::string_view reason) {
  return InvalidArgumentError(StrCat("strconv.ParseFloat: parsing ", GoQuote(text), ": ", reason));
}

std::optional<double> ParseSpecial(std::string_view text) {
  const auto is = [text](std::string_view lower) {
    if (text.size() != lower.size()) return false;
    for (size_t i = 0; i < lower.size(); ++i) {
      if ((text[i] | 0x20) != lower[i]) return false;
    }
    return true;
  };
  if (is("inf")) return std::numeric_limits<double>::infinity();
  if (is("nan")) return std::numeric_limits<double>::quiet_NaN();
  return std::nullopt;
}

// An underflow is zero, an overflow an error; from_chars calls both out of range.
bool IsUnderflow(std::string_view digits) {
  const size_t exponent = digits.find_first_of("eE");
  if (exponent != std::string_view::npos && exponent + 1 < digits.size()) return digits[exponent + 1] == '-';
  return digits.starts_with('0') || digits.starts_with('.');
}

Result<double> ParseFloat(std::string_view text, const std::string& digits) {
  // from_chars takes no '+' in front, but the exponent's.
  double value = 0;
  const char* last = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), last, value, std::chars_format::general);
  if (end != last || error == std::errc::invalid_argument) return FloatError(text, "invalid syntax");
  if (error != std::errc::result_out_of_range) return value;
  if (IsUnderflow(digits)) return 0.0;
  return FloatError(text, "value out of range");
}

struct Unit {
  std::string_view name;
  uint64_t ms;
};
// From the largest, which is the order they must stand in.
constexpr Unit kUnits[] = {{"y", 365ULL * 24 * 3600 * 1000}, {"w", 7ULL * 24 * 3600 * 1000}, {"d", 24ULL * 3600 * 1000},
                           {"h", 3600ULL * 1000},            {"m", 60ULL * 1000},            {"s", 1000},
                           {"ms", 1}};
constexpr size_t kUnitCount = std::size(kUnits);

Status NotADuration(std::string_view text) {
  return InvalidArgumentError(StrCat("not a valid duration string: ", GoQuote(text)));
}

// Takes the characters that are (or are not) digits off the front.
std::string_view TakeRun(std::string_view* rest, bool digits) {
  size_t size = 0;
  while (size < rest->size() && IsDigit((*rest)[size]) == digits) ++size;
  const std::string_view run = rest->substr(0, size);
  rest->remove_prefix(size);
  return run;
}

size_t UnitIndex(std::string_view name) {
  size_t index = 0;
  while (index < kUnitCount && kUnits[index].name != name) ++index;
  return index;
}

}  // namespace

Result<double> ParseNumber(std::string_view text) {
  if (const auto special = ParseSpecial(text)) return *special;
  const bool hex = text.size() > 1 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
  if (!UnderscoresAreFine(text, hex)) return FloatError(text, "invalid syntax");
  std::string digits;
  for (const char c : text) {
    if (c != '_') digits.push_back(c);
  }
  if (hex) {
    const auto value = ParseInteger(std::string_view(digits).substr(2), 16);
    if (!value.has_value()) return FloatError(text, "invalid syntax");
    return static_cast<double>(*value);
  }
  const bool octal = digits.size() > 1 && digits[0] == '0';
  if (const auto value = ParseInteger(digits, octal ? 8 : 10)) return static_cast<double>(*value);
  return ParseFloat(text, digits);
}

Result<double> ParseDurationSeconds(std::string_view text) {
  constexpr uint64_t kMsMax = static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) / 1'000'000;
  std::string_view rest = text;
  uint64_t total_ms = 0;
  size_t next_unit = 0;
  if (text.empty()) return InvalidArgumentError("empty duration string");
  while (!rest.empty()) {
    const std::string_view digits = TakeRun(&rest, true);
    const std::string_view unit = TakeRun(&rest, false);
    uint64_t number = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (digits.empty() || unit.empty() || parsed.ec != std::errc()) return NotADuration(text);
    const size_t index = UnitIndex(unit);
    if (index == kUnitCount) return InvalidArgumentError(StrCat("unknown unit ", GoQuote(unit), " in duration ", GoQuote(text)));
    if (index < next_unit) return NotADuration(text);
    next_unit = index + 1;
    if (number > kMsMax / kUnits[index].ms) return InvalidArgumentError("duration out of range");
    total_ms += number * kUnits[index].ms;
    if (total_ms > kMsMax) return InvalidArgumentError("duration out of range");
  }
  return static_cast<double>(total_ms / 1000) + static_cast<double>(total_ms % 1000 * 1'000'000) / kNanosPerSecond;
}

bool IsDurationOutOfRange(double seconds) { return seconds > kDurationMaxSeconds || seconds < -kDurationMaxSeconds; }

int64_t SecondsToMs(double seconds) {
  const double nanos = std::round(seconds * kNanosPerSecond);
  if (std::isnan(nanos)) return 0;
  constexpr auto kMax = std::numeric_limits<int64_t>::max();
  constexpr auto kMin = std::numeric_limits<int64_t>::min();
  if (nanos >= static_cast<double>(kMax)) return kMax / 1'000'000;
  if (nanos <= static_cast<double>(kMin)) return kMin / 1'000'000;
  return static_cast<int64_t>(nanos) / 1'000'000;
}

}  // namespace epi::promql
