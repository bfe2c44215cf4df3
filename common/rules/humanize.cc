#include "common/rules/humanize.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "common/base/str_cat.h"
#include "common/base/time_format.h"
#include "common/gotemplate/printf.h"

namespace epi::rules {
namespace {

constexpr std::array<std::string_view, 8> kLarge{"k", "M", "G", "T", "P", "E", "Z", "Y"};
constexpr std::array<std::string_view, 8> kSmall{"m", "u", "n", "p", "f", "a", "z", "y"};
constexpr std::array<std::string_view, 8> kBinary{"ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"};

// Go's %.4g.
std::string FourDigits(double value) {
  const gotemplate::Value args[] = {value};
  return gotemplate::Sprintf("%.4g", args);
}

std::string Divided(double value, double base, const std::array<std::string_view, 8>& prefixes) {
  std::string_view prefix;
  for (const std::string_view next : prefixes) {
    if (std::fabs(value) < base) break;
    prefix = next;
    value /= base;
  }
  return StrCat(FourDigits(value), prefix);
}

std::string Multiplied(double value) {
  std::string_view prefix;
  for (const std::string_view next : kSmall) {
    if (std::fabs(value) >= 1) break;
    prefix = next;
    value *= 1000;
  }
  return StrCat(FourDigits(value), prefix);
}

}  // namespace

std::string Humanize(double value) {
  if (value == 0 || !std::isfinite(value)) return FourDigits(value);
  return std::fabs(value) >= 1 ? Divided(value, 1000, kLarge) : Multiplied(value);
}

std::string Humanize1024(double value) {
  if (std::fabs(value) <= 1 || !std::isfinite(value)) return FourDigits(value);
  return Divided(value, 1024, kBinary);
}

std::string HumanizeDuration(double seconds) {
  if (!std::isfinite(seconds)) return FourDigits(seconds);
  if (seconds == 0) return FourDigits(seconds) + "s";
  if (std::fabs(seconds) < 1) return Multiplied(seconds) + "s";
  // Beyond what whole seconds can hold, digits below minutes mean nothing.
  if (std::fabs(seconds) >= 9.2e18) return FourDigits(seconds) + "s";
  const std::string_view sign = seconds < 0 ? "-" : "";
  const auto whole = static_cast<int64_t>(std::fabs(seconds));
  const int64_t s = whole % 60;
  const int64_t m = whole / 60 % 60;
  const int64_t h = whole / 3600 % 24;
  const int64_t d = whole / 86400;
  if (d != 0) return StrCat(sign, d, "d ", h, "h ", m, "m ", s, "s");
  if (h != 0) return StrCat(sign, h, "h ", m, "m ", s, "s");
  if (m != 0) return StrCat(sign, m, "m ", s, "s");
  return StrCat(sign, FourDigits(std::fabs(seconds)), "s");
}

std::string HumanizePercentage(double ratio) { return FourDigits(ratio * 100) + "%"; }

std::string HumanizeTimestamp(double seconds) {
  const double nanoseconds = seconds * 1e9;
  if (!std::isfinite(seconds) || std::fabs(nanoseconds) >= 9.2e18) return FourDigits(seconds);
  const auto total = static_cast<int64_t>(nanoseconds);
  int64_t whole = total / 1'000'000'000;
  int64_t rest = total % 1'000'000'000;
  if (rest < 0) {
    rest += 1'000'000'000;
    --whole;
  }
  std::string text;
  AppendRfc3339Nano(&text, whole, static_cast<int>(rest));
  // 2009-02-13T23:31:30.5Z becomes 2009-02-13 23:31:30.5 +0000 UTC.
  text[text.find('T')] = ' ';
  text.pop_back();
  return text + " +0000 UTC";
}

}  // namespace epi::rules
