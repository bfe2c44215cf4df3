#include "common/promql/number_text.h"

#include <cmath>
#include <cstdio>

namespace epi::promql {
namespace {

// Longest output: 309 digits, a sign, a dot and a few decimals.
constexpr size_t kTextBytesMax = 400;

std::string Format(const char* format, double value, int precision) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  char buffer[kTextBytesMax];
  const int size = std::snprintf(buffer, sizeof(buffer), format, precision, value);
  return std::string(buffer, static_cast<size_t>(size));
}

}  // namespace

std::string FormatFixed(double value, int decimals) { return Format("%.*f", value, decimals); }
std::string FormatSignificant(double value, int digits) { return Format("%.*g", value, digits); }

}  // namespace epi::promql
