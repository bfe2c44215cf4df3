#include "common/base/duration.h"

#include <array>

#include "common/base/go_quote.h"
#include "common/base/str_cat.h"
#include "common/base/time_format.h"

namespace epi {
namespace {

using std::chrono::milliseconds;

constexpr int64_t kSecondMs = 1000;
constexpr int64_t kMinuteMs = 60 * kSecondMs;
constexpr int64_t kHourMs = 60 * kMinuteMs;
constexpr int64_t kDayMs = 24 * kHourMs;
// Go counts nanoseconds.
constexpr int64_t kDurationMaxMs = INT64_MAX / 1000000;

struct Unit {
  std::string_view name;
  int64_t size_ms;
  // Printed only when it divides what is left.
  bool exact;
};
constexpr std::array<Unit, 7> kUnits = {{{"y", 365 * kDayMs, true},
                                         {"w", 7 * kDayMs, true},
                                         {"d", kDayMs, true},
                                         {"h", kHourMs, false},
                                         {"m", kMinuteMs, false},
                                         {"s", kSecondMs, false},
                                         {"ms", 1, false}}};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::string_view TakeWhile(std::string_view* text, bool (*accept)(char)) {
  size_t size = 0;
  while (size < text->size() && accept((*text)[size])) ++size;
  const std::string_view taken = text->substr(0, size);
  text->remove_prefix(size);
  return taken;
}

Status NotADuration(std::string_view text) {
  return InvalidArgumentError(StrCat("not a valid duration string: ", GoQuote(text.substr(0, 64))));
}

Status OutOfRange() { return InvalidArgumentError("duration out of range"); }

// False when the number or the product is too large.
bool MultiplyInto(std::string_view digits, int64_t size_ms, int64_t* out) {
  int64_t value = 0;
  const char* const end = digits.data() + digits.size();
  if (std::from_chars(digits.data(), end, value).ec != std::errc()) return false;
  return !__builtin_mul_overflow(value, size_ms, out);
}

// Nanoseconds of Go's units; 0 for an unknown one.
int64_t GoUnitNs(std::string_view name) {
  if (name == "ns") return 1;
  if (name == "us" || name == "\xc2\xb5s" || name == "\xce\xbcs") return 1'000;
  if (name == "ms") return 1'000'000;
  if (name == "s") return 1'000'000'000;
  if (name == "m") return 60'000'000'000;
  if (name == "h") return 3'600'000'000'000;
  return 0;
}

enum class PartResult : uint8_t { kOk, kBad, kTooLarge };

// One "1.5h": whole units exactly, the fraction cut to nanoseconds.
PartResult TakeGoPart(std::string_view* rest, int64_t* ns) {
  const std::string_view whole = TakeWhile(rest, IsDigit);
  std::string_view fraction;
  if (rest->starts_with('.')) {
    rest->remove_prefix(1);
    fraction = TakeWhile(rest, IsDigit);
  }
  const int64_t unit = GoUnitNs(TakeWhile(rest, [](char c) { return !IsDigit(c) && c != '.'; }));
  if (unit == 0 || (whole.empty() && fraction.empty())) return PartResult::kBad;
  *ns = 0;
  if (!whole.empty() && !MultiplyInto(whole, unit, ns)) return PartResult::kTooLarge;
  // Each digit is worth a tenth of the one before; below a nanosecond they are worth nothing.
  double place = static_cast<double>(unit);
  double fraction_ns = 0;
  for (const char digit : fraction.substr(0, 18)) {
    place /= 10;
    fraction_ns += place * (digit - '0');
  }
  // Sums of powers of ten: a whole number of nanoseconds may come out a hair below it.
  return __builtin_add_overflow(*ns, static_cast<int64_t>(fraction_ns + 1e-3), ns) ? PartResult::kTooLarge : PartResult::kOk;
}

// "1.5s" without trailing zeros.
void AppendDecimal(std::string* out, uint64_t value, uint64_t unit) {
  StrAppend(out, value / unit);
  uint64_t rest = value % unit;
  if (rest == 0) return;
  out->push_back('.');
  while (rest != 0) {
    unit /= 10;
    out->push_back(static_cast<char>('0' + rest / unit));
    rest %= unit;
  }
}

}  // namespace

Result<milliseconds> ParseDuration(std::string_view text) {
  if (text == "0") return milliseconds(0);
  if (text.empty()) return InvalidArgumentError("empty duration string");
  int64_t total = 0;
  size_t next_unit = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view digits = TakeWhile(&rest, IsDigit);
    const std::string_view name = TakeWhile(&rest, [](char c) { return !IsDigit(c); });
    while (next_unit < kUnits.size() && kUnits[next_unit].name != name) ++next_unit;
    if (digits.empty() || next_unit == kUnits.size()) return NotADuration(text);
    int64_t part = 0;
    if (!MultiplyInto(digits, kUnits[next_unit].size_ms, &part)) return OutOfRange();
    if (__builtin_add_overflow(total, part, &total) || total > kDurationMaxMs) return OutOfRange();
    ++next_unit;
  }
  return milliseconds(total);
}

std::string FormatDuration(milliseconds duration) {
  if (duration.count() == 0) return "0s";
  std::string out;
  auto rest = static_cast<uint64_t>(duration.count());
  if (duration.count() < 0) {
    out = "-";
    rest = 0 - rest;
  }
  for (const Unit& unit : kUnits) {
    const auto size = static_cast<uint64_t>(unit.size_ms);
    if (rest < size || (unit.exact && rest % size != 0)) continue;
    StrAppend(&out, rest / size, unit.name);
    rest %= size;
  }
  return out;
}

Result<milliseconds> ParseGoDuration(std::string_view text) {
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest == "0") return milliseconds(0);
  if (rest.empty()) return NotADuration(text);
  int64_t total_ns = 0;
  while (!rest.empty()) {
    int64_t part_ns = 0;
    const PartResult part = TakeGoPart(&rest, &part_ns);
    if (part == PartResult::kBad) return NotADuration(text);
    if (part == PartResult::kTooLarge || __builtin_add_overflow(total_ns, part_ns, &total_ns)) return OutOfRange();
  }
  const int64_t total_ms = total_ns / 1'000'000;
  return milliseconds(negative ? -total_ms : total_ms);
}

std::string FormatGoDuration(std::chrono::nanoseconds duration) {
  if (duration.count() == 0) return "0s";
  std::string out;
  auto ns = static_cast<uint64_t>(duration.count());
  if (duration.count() < 0) {
    out = "-";
    ns = 0 - ns;
  }
  if (ns < 1000) return StrCat(out, ns, "ns");
  if (ns < 1000000) {
    AppendDecimal(&out, ns, 1000);
    return out + "\xc2\xb5s";
  }
  if (ns < 1000000000) {
    AppendDecimal(&out, ns, 1000000);
    return out + "ms";
  }
  const uint64_t minutes = ns / 60000000000;
  if (minutes >= 60) StrAppend(&out, minutes / 60, "h");
  if (minutes > 0) StrAppend(&out, minutes % 60, "m");
  AppendDecimal(&out, ns % 60000000000, 1000000000);
  return out + "s";
}

Result<TimeOrOffset> TimeOrOffset::Parse(std::string_view text) {
  if (Result<int64_t> time_ms = ParseRfc3339Ms(text); time_ms.ok()) return At(*time_ms);
  const bool negative = text.starts_with('-');
  const bool has_sign = negative || text.starts_with('+');
  const Result<milliseconds> offset = ParseDuration(text.substr(has_sign ? 1 : 0));
  if (!offset.ok()) {
    return InvalidArgumentError(
        StrCat(GoQuote(text.substr(0, 64)), " is neither an RFC 3339 time nor a duration like -6h or 1d"));
  }
  return FromNow(negative ? -*offset : *offset);
}

int64_t TimeOrOffset::Resolve(int64_t now_ms) const {
  if (!relative_) return value_ms_;
  int64_t sum = 0;
  if (__builtin_add_overflow(now_ms, value_ms_, &sum)) return value_ms_ < 0 ? INT64_MIN : INT64_MAX;
  return sum;
}

std::string TimeOrOffset::ToString() const {
  return relative_ ? FormatDuration(milliseconds(value_ms_)) : FormatRfc3339Ms(value_ms_);
}

}  // namespace epi
