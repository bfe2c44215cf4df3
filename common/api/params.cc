#include "common/api/params.h"

#include <charconv>
#include <cmath>

#include "common/base/duration.h"
#include "common/base/go_quote.h"
#include "common/base/str_cat.h"
#include "common/base/time_format.h"
#include "common/base/utf8.h"
#include "common/promql/parse.h"

namespace epi::api {
namespace {

// Bounds of 64-bit nanoseconds, which Prometheus keeps durations in.
constexpr double kNanosecondsMax = 9223372036854775807.0;
// The earliest and latest time that Prometheus names in its answers, as RFC 3339 cannot write them.
constexpr std::string_view kMinTimeText = "-292273086-05-16T16:47:06Z";
constexpr std::string_view kMaxTimeText = "+292277025-08-18T07:12:54.999999999Z";

// A whole decimal or scientific number, without hexadecimal, NaN and infinities.
std::optional<double> ParseNumber(std::string_view text) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

Status CannotParse(std::string_view name, std::string_view text, std::string_view to_what, std::string_view context = "") {
  return InvalidParameter(name, InvalidArgumentError(StrCat(context, "cannot parse ", GoQuote(text), " to a valid ", to_what)));
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// U__a_2e_b → a.b; a doubled underscore is one underscore. Text that is not of this form is returned as it is.
std::string UnescapeName(std::string_view escaped) {
  constexpr std::string_view kPrefix = "U__";
  if (!escaped.starts_with(kPrefix)) return std::string(escaped);
  const std::string_view body = escaped.substr(kPrefix.size());
  std::string name;
  for (size_t i = 0; i < body.size(); ++i) {
    if (body[i] != '_') {
      name.push_back(body[i]);
      continue;
    }
    if (i + 1 < body.size() && body[i + 1] == '_') {
      name.push_back('_');
      ++i;
      continue;
    }
    uint32_t code_point = 0;
    size_t digits = 0;
    for (++i; i < body.size() && body[i] != '_'; ++i, ++digits) {
      const int digit = HexDigit(body[i]);
      if (digit < 0 || digits == 6) return std::string(escaped);
      code_point = code_point * 16 + static_cast<uint32_t>(digit);
    }
    if (i == body.size() || digits == 0 || code_point > 0x10ffff) return std::string(escaped);
    AppendRune(&name, code_point);
  }
  return name;
}

}  // namespace

Status InvalidParameter(std::string_view name, const Status& reason) {
  return InvalidArgumentError(StrCat("invalid parameter ", GoQuote(name), ": ", reason.message()));
}

Result<int64_t> ParseTime(std::string_view name, std::string_view text) {
  if (const auto seconds = ParseNumber(text)) {
    const double ms = *seconds * 1000;
    if (std::abs(ms) >= kNanosecondsMax) return CannotParse(name, text, "timestamp");
    // The fraction is rounded by itself, as Prometheus does, so that large times keep their milliseconds.
    double whole = 0;
    const double fraction = std::modf(*seconds, &whole);
    return static_cast<int64_t>(whole) * 1000 + static_cast<int64_t>(std::round(fraction * 1000));
  }
  if (const auto time = ParseRfc3339Ms(text); time.ok()) return *time;
  if (text == kMinTimeText) return kPrometheusMinTimeMs;
  if (text == kMaxTimeText) return kPrometheusMaxTimeMs;
  return CannotParse(name, text, "timestamp");
}

Result<int64_t> ParseOptionalTime(const RequestParams& params, std::string_view name, int64_t missing_ms) {
  if (!Given(params, name)) return missing_ms;
  const std::string_view text = params.Get(name);
  if (const auto time = ParseTime(name, text); time.ok()) return *time;
  return CannotParse(name, text, "timestamp", StrCat("invalid time value for '", name, "': "));
}

Result<std::chrono::milliseconds> ParseDurationParam(std::string_view name, std::string_view text) {
  if (const auto seconds = ParseNumber(text)) {
    if (std::abs(*seconds) * 1e9 > kNanosecondsMax) {
      return CannotParse(name, text, "duration. It overflows int64");
    }
    return std::chrono::milliseconds(static_cast<int64_t>(*seconds * 1000));
  }
  if (const auto duration = ParseDuration(text); duration.ok()) return *duration;
  return CannotParse(name, text, "duration");
}

Result<bool> ParseBool(std::string_view name, std::string_view text) {
  for (const std::string_view yes : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (text == no) return false;
  }
  return CannotParse(name, text, "boolean");
}

Result<int64_t> ParseLimit(std::string_view text) {
  int64_t limit = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (error != std::errc() || end != text.data() + text.size()) {
    const std::string_view why = error == std::errc::result_out_of_range ? "value out of range" : "invalid syntax";
    return InvalidParameter("limit", InvalidArgumentError(StrCat("strconv.Atoi: parsing ", GoQuote(text), ": ", why)));
  }
  if (limit < 0) return InvalidParameter("limit", InvalidArgumentError("limit must be non-negative"));
  return limit;
}

Result<std::vector<labels::Matchers>> ParseSelectors(std::string_view name, const std::vector<std::string>& texts) {
  std::vector<labels::Matchers> selectors;
  for (const std::string& text : texts) {
    Result<labels::Matchers> matchers = promql::ParseMetricSelector(text);
    if (!matchers.ok()) return matchers.status();
    bool selective = false;
    for (const labels::Matcher& matcher : *matchers) selective |= !matcher.MatchesEmpty();
    if (!selective) return InvalidArgumentError(StrCat(name, " must contain at least one non-empty matcher"));
    selectors.push_back(*std::move(matchers));
  }
  return selectors;
}

Result<std::string> ParseLabelName(std::string_view text) {
  std::string name = UnescapeName(text);
  if (name.empty() || !IsValidUtf8(name)) {
    return InvalidArgumentError(StrCat("invalid label name: ", GoQuote(name)));
  }
  return name;
}

}  // namespace epi::api
