#include "common/config/flag_value.h"

#include <charconv>

#include "common/base/go_float.h"
#include "common/base/go_quote.h"

namespace epi::config {
namespace {

template <typename T>
Status ParseNumber(std::string_view text, std::string_view kind, T* out) {
  const char* const end = text.data() + text.size();
  T value = 0;
  const auto result = std::from_chars(text.data(), end, value);
  if (text.empty() || result.ec != std::errc() || result.ptr != end) {
    return InvalidArgumentError(StrCat("expected ", kind, ", got ", GoQuote(text.substr(0, 64))));
  }
  *out = value;
  return {};
}

}  // namespace

Status ParseFlagValue(std::string_view text, std::string* out) {
  out->assign(text);
  return {};
}

Status ParseFlagValue(std::string_view text, bool* out) {
  if (text != "true" && text != "false") {
    return InvalidArgumentError(StrCat("expected true or false, got ", GoQuote(text.substr(0, 64))));
  }
  *out = text == "true";
  return {};
}

Status ParseFlagValue(std::string_view text, int* out) { return ParseNumber(text, "a whole number", out); }
Status ParseFlagValue(std::string_view text, int64_t* out) { return ParseNumber(text, "a whole number", out); }
Status ParseFlagValue(std::string_view text, uint32_t* out) { return ParseNumber(text, "a number without sign", out); }
Status ParseFlagValue(std::string_view text, uint64_t* out) { return ParseNumber(text, "a number without sign", out); }
Status ParseFlagValue(std::string_view text, double* out) { return ParseNumber(text, "a number", out); }

Status ParseFlagValue(std::string_view text, std::chrono::milliseconds* out) {
  const Result<std::chrono::milliseconds> prometheus = ParseDuration(text);
  const Result<std::chrono::milliseconds> duration = prometheus.ok() ? prometheus : ParseGoDuration(text);
  // Prometheus' error is the one whose grammar the documentation teaches.
  if (!duration.ok()) return prometheus.status();
  *out = *duration;
  return {};
}

Status ParseFlagValue(std::string_view text, ByteSize* out) {
  *out = TRY(ParseByteSize(text));
  return {};
}

Status ParseFlagValue(std::string_view text, TimeOrOffset* out) {
  *out = TRY(TimeOrOffset::Parse(text));
  return {};
}

std::string FormatFlagValue(const std::string& value) { return value; }
std::string FormatFlagValue(bool value) { return value ? "true" : "false"; }
std::string FormatFlagValue(double value) { return FormatFloatG(value); }
std::string FormatFlagValue(std::chrono::milliseconds value) { return FormatDuration(value); }
std::string FormatFlagValue(ByteSize value) { return FormatByteSize(value); }
std::string FormatFlagValue(const TimeOrOffset& value) { return value.ToString(); }

std::string_view FlagTypeName(const std::string*) { return "text"; }
std::string_view FlagTypeName(const bool*) { return ""; }
std::string_view FlagTypeName(const double*) { return "number"; }
std::string_view FlagTypeName(const std::chrono::milliseconds*) { return "duration"; }
std::string_view FlagTypeName(const ByteSize*) { return "size"; }
std::string_view FlagTypeName(const TimeOrOffset*) { return "time"; }

}  // namespace epi::config
