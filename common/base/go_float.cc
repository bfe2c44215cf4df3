#include "common/base/go_float.h"

#include <charconv>
#include <cmath>
#include <cstring>

namespace epi {
namespace {

// Integers below this are exact and printed as such.
constexpr double kExactIntegerMax = 9007199254740992.0;
constexpr int kDigitsMax = 17;

char* Copy(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

char* Zeros(char* out, int count) {
  std::memset(out, '0', static_cast<size_t>(count));
  return out + count;
}

// Shortest digits of |value|: 0.d1d2d3… × 10^point.
struct Decimal {
  char digits[kDigitsMax + 1];
  int count = 0;
  int point = 0;
  bool negative = false;
};

// REQUIRES: finite.
Decimal Shortest(double value) {
  Decimal decimal;
  decimal.negative = std::signbit(value);
  char text[kFloatBytesMax];
  const char* const end = std::to_chars(text, text + sizeof(text), std::fabs(value), std::chars_format::scientific).ptr;
  const char* p = text;
  for (; *p != 'e'; ++p) {
    if (*p != '.') decimal.digits[decimal.count++] = *p;
  }
  // "e+07": from_chars does not take the plus sign.
  const char* const exponent = p[1] == '+' ? p + 2 : p + 1;
  std::from_chars(exponent, end, decimal.point);
  ++decimal.point;
  if (decimal.count == 1 && decimal.digits[0] == '0') decimal.point = 1;
  return decimal;
}

char* LayOutFixed(char* out, const Decimal& decimal) {
  if (decimal.negative) *out++ = '-';
  const std::string_view digits(decimal.digits, static_cast<size_t>(decimal.count));
  if (decimal.point <= 0) {
    out = Copy(out, "0.");
    out = Zeros(out, -decimal.point);
    return Copy(out, digits);
  }
  if (decimal.point >= decimal.count) {
    out = Copy(out, digits);
    return Zeros(out, decimal.point - decimal.count);
  }
  out = Copy(out, digits.substr(0, static_cast<size_t>(decimal.point)));
  *out++ = '.';
  return Copy(out, digits.substr(static_cast<size_t>(decimal.point)));
}

char* LayOutExponent(char* out, const Decimal& decimal, int exponent_digits_min) {
  if (decimal.negative) *out++ = '-';
  *out++ = decimal.digits[0];
  if (decimal.count > 1) {
    *out++ = '.';
    out = Copy(out, {decimal.digits + 1, static_cast<size_t>(decimal.count - 1)});
  }
  *out++ = 'e';
  const int exponent = decimal.point - 1;
  *out++ = exponent < 0 ? '-' : '+';
  const int magnitude = std::abs(exponent);
  if (magnitude < 10 && exponent_digits_min == 2) *out++ = '0';
  return std::to_chars(out, out + 4, magnitude).ptr;
}

// NaN and infinities; null for finite values.
char* WriteSpecial(char* out, double value) {
  if (std::isfinite(value)) return nullptr;
  if (std::isnan(value)) return Copy(out, "NaN");
  return Copy(out, value > 0 ? "+Inf" : "-Inf");
}

// Integers that need no digit search; null for others and for -0.
char* WriteSmallInteger(char* out, double value) {
  if (!(std::fabs(value) < kExactIntegerMax)) return nullptr;
  const auto integer = static_cast<int64_t>(value);
  if (static_cast<double>(integer) != value || (integer == 0 && std::signbit(value))) return nullptr;
  return std::to_chars(out, out + kTimestampBytesMax, integer).ptr;
}

// Fractions in the range where to_chars' fixed form has the same digits as Go's; null for others.
char* WritePlainFraction(char* out, double value) {
  const double magnitude = std::fabs(value);
  if (!(magnitude >= 1e-6 && magnitude < kExactIntegerMax)) return nullptr;
  return std::to_chars(out, out + kFloatBytesMax, value, std::chars_format::fixed).ptr;
}

bool NeedsExponent(double value) {
  const double magnitude = std::fabs(value);
  return magnitude != 0 && (magnitude < 1e-6 || magnitude >= 1e21);
}

template <typename Write, typename Value>
void AppendWith(std::string* out, Write write, Value value) {
  char buffer[kFloatFBytesMax];
  const char* const end = write(buffer, value);
  out->append(buffer, static_cast<size_t>(end - buffer));
}

}  // namespace

char* WriteFloatF(char* buffer, double value) {
  if (char* const end = WriteSmallInteger(buffer, value); end != nullptr) return end;
  if (char* const end = WritePlainFraction(buffer, value); end != nullptr) return end;
  if (char* const end = WriteSpecial(buffer, value); end != nullptr) return end;
  return LayOutFixed(buffer, Shortest(value));
}

char* WriteFloatG(char* buffer, double value) {
  if (char* const end = WriteSpecial(buffer, value); end != nullptr) return end;
  const Decimal decimal = Shortest(value);
  const int exponent = decimal.point - 1;
  // strconv: precision 6 decides for the shortest form.
  if (exponent < -4 || exponent >= 6) return LayOutExponent(buffer, decimal, 2);
  return LayOutFixed(buffer, decimal);
}

char* WriteFloatE(char* buffer, double value) {
  if (char* const end = WriteSpecial(buffer, value); end != nullptr) return end;
  return LayOutExponent(buffer, Shortest(value), 2);
}

char* WriteSampleValue(char* buffer, double value) {
  if (char* const end = WriteSmallInteger(buffer, value); end != nullptr) return end;
  if (char* const end = WritePlainFraction(buffer, value); end != nullptr) return end;
  if (char* const end = WriteSpecial(buffer, value); end != nullptr) return end;
  if (NeedsExponent(value)) return LayOutExponent(buffer, Shortest(value), 2);
  return LayOutFixed(buffer, Shortest(value));
}

char* WriteJsonFloat(char* buffer, double value) {
  if (char* const end = WriteSmallInteger(buffer, value); end != nullptr) return end;
  if (char* const end = WriteSpecial(buffer, value); end != nullptr) return end;
  // encoding/json drops the zero of negative exponents only; positive ones start at 21.
  if (NeedsExponent(value)) return LayOutExponent(buffer, Shortest(value), 1);
  return LayOutFixed(buffer, Shortest(value));
}

char* WriteTimestampMs(char* buffer, int64_t time_ms) {
  char* out = buffer;
  uint64_t magnitude = static_cast<uint64_t>(time_ms);
  if (time_ms < 0) {
    *out++ = '-';
    magnitude = 0 - magnitude;
  }
  out = std::to_chars(out, out + kTimestampBytesMax, magnitude / 1000).ptr;
  const auto fraction = static_cast<int>(magnitude % 1000);
  if (fraction == 0) return out;
  *out++ = '.';
  *out++ = static_cast<char>('0' + fraction / 100);
  *out++ = static_cast<char>('0' + fraction / 10 % 10);
  *out++ = static_cast<char>('0' + fraction % 10);
  return out;
}

void AppendFloatF(std::string* out, double value) { AppendWith(out, WriteFloatF, value); }
void AppendFloatG(std::string* out, double value) { AppendWith(out, WriteFloatG, value); }
void AppendFloatE(std::string* out, double value) { AppendWith(out, WriteFloatE, value); }
void AppendSampleValue(std::string* out, double value) { AppendWith(out, WriteSampleValue, value); }
void AppendJsonFloat(std::string* out, double value) { AppendWith(out, WriteJsonFloat, value); }
void AppendTimestampMs(std::string* out, int64_t time_ms) { AppendWith(out, WriteTimestampMs, time_ms); }

std::string FormatFloatF(double value) {
  std::string out;
  AppendFloatF(&out, value);
  return out;
}

std::string FormatFloatG(double value) {
  std::string out;
  AppendFloatG(&out, value);
  return out;
}

}  // namespace epi
