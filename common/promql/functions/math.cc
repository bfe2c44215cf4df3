#include "common/promql/functions/math.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

namespace epi::promql {
namespace {

// A calendar date with time, from the civil calendar (proleptic Gregorian), for any 64-bit number of seconds.
struct CivilTime {
  int64_t year = 0;
  int month = 0;  // 1 … 12
  int day = 0;    // 1 … 31
  int64_t second_of_day = 0;
  int64_t days = 0;  // Since 1970-01-01.
};

constexpr int64_t kSecondsPerDay = 86'400;

int64_t FloorDivide(int64_t value, int64_t by) { return value / by - (value % by < 0 ? 1 : 0); }

// Years are counted from March, in eras of 400 years, so that the leap day is the last of its year.
CivilTime ToCivil(int64_t seconds) {
  CivilTime civil;
  civil.days = FloorDivide(seconds, kSecondsPerDay);
  civil.second_of_day = (seconds % kSecondsPerDay + kSecondsPerDay) % kSecondsPerDay;
  if (seconds == std::numeric_limits<int64_t>::min()) {
    // Go's calendar wraps around here: -2^63 is the date of +2^63. year(NaN) is 292277026596.
    civil.days = 106'751'991'167'300;
    civil.second_of_day = 55'808;
  }
  const int64_t shifted = civil.days + 719'468;
  const int64_t era = FloorDivide(shifted, 146'097);
  const int64_t day_of_era = shifted - era * 146'097;
  const int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month = (5 * day_of_year + 2) / 153;
  civil.day = static_cast<int>(day_of_year - (153 * month + 2) / 5 + 1);
  civil.month = static_cast<int>(month < 10 ? month + 3 : month - 9);
  civil.year = year_of_era + era * 400 + (civil.month <= 2 ? 1 : 0);
  return civil;
}

bool IsLeap(int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int DaysInMonth(const CivilTime& civil) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return civil.month == 2 && IsLeap(civil.year) ? 29 : kDays[civil.month - 1];
}

int DayOfYear(const CivilTime& civil) {
  constexpr int kBefore[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
  return kBefore[civil.month - 1] + civil.day + (civil.month > 2 && IsLeap(civil.year) ? 1 : 0);
}

// Truncates towards zero. NaN and what does not fit become the smallest integer, as on the machines Prometheus runs on.
int64_t ToSeconds(double value) {
  constexpr double kLimit = 9223372036854775808.0;
  if (!(value >= -kLimit && value < kLimit)) return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(value);
}

template <auto kField>
double Calendar(double seconds) {
  return static_cast<double>(kField(ToCivil(ToSeconds(seconds))));
}

double Sign(double value) {
  if (value < 0) return -1;
  if (value > 0) return 1;
  return value;
}

struct Named {
  std::string_view name;
  FloatFunction function;
};

constexpr Named kFunctions[] = {
    {"abs", [](double v) { return std::fabs(v); }},
    {"acos", [](double v) { return std::acos(v); }},
    {"acosh", [](double v) { return std::acosh(v); }},
    {"asin", [](double v) { return std::asin(v); }},
    {"asinh", [](double v) { return std::asinh(v); }},
    {"atan", [](double v) { return std::atan(v); }},
    {"atanh", [](double v) { return std::atanh(v); }},
    {"ceil", [](double v) { return std::ceil(v); }},
    {"cos", [](double v) { return std::cos(v); }},
    {"cosh", [](double v) { return std::cosh(v); }},
    {"deg", [](double v) { return v * 180 / std::numbers::pi; }},
    {"exp", [](double v) { return std::exp(v); }},
    {"floor", [](double v) { return std::floor(v); }},
    {"ln", [](double v) { return std::log(v); }},
    {"log10", [](double v) { return std::log10(v); }},
    {"log2", [](double v) { return std::log2(v); }},
    {"rad", [](double v) { return v * std::numbers::pi / 180; }},
    {"sgn", Sign},
    {"sin", [](double v) { return std::sin(v); }},
    {"sinh", [](double v) { return std::sinh(v); }},
    {"sqrt", [](double v) { return std::sqrt(v); }},
    {"tan", [](double v) { return std::tan(v); }},
    {"tanh", [](double v) { return std::tanh(v); }},
};

constexpr Named kCalendarFunctions[] = {
    {"day_of_month", Calendar<[](const CivilTime& t) { return t.day; }>},
    // 1970-01-01 was a Thursday; Sunday is 0.
    {"day_of_week", Calendar<[](const CivilTime& t) { return ((t.days + 4) % 7 + 7) % 7; }>},
    {"day_of_year", Calendar<DayOfYear>},
    {"days_in_month", Calendar<DaysInMonth>},
    {"hour", Calendar<[](const CivilTime& t) { return t.second_of_day / 3600; }>},
    {"minute", Calendar<[](const CivilTime& t) { return t.second_of_day / 60 % 60; }>},
    {"month", Calendar<[](const CivilTime& t) { return t.month; }>},
    {"year", Calendar<[](const CivilTime& t) { return t.year; }>},
};

template <size_t kSize>
FloatFunction Find(const Named (&table)[kSize], std::string_view name) {
  for (const Named& entry : table) {
    if (entry.name == name) return entry.function;
  }
  return nullptr;
}

}  // namespace

FloatFunction FindFloatFunction(std::string_view name) {
  const FloatFunction function = Find(kFunctions, name);
  return function != nullptr ? function : Find(kCalendarFunctions, name);
}

bool IsCalendarFunction(std::string_view name) { return Find(kCalendarFunctions, name) != nullptr; }

double MinOf(double a, double b) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (a == -kInfinity || b == -kInfinity) return -kInfinity;
  if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<double>::quiet_NaN();
  if (a == 0 && b == 0) return std::signbit(a) ? a : b;
  return b < a ? b : a;
}

double MaxOf(double a, double b) { return -MinOf(-a, -b); }

double RoundToNearest(double value, double to_nearest) {
  // Multiplying by the inverse keeps decimal fractions such as 0.1 exact more often than dividing.
  const double inverse = 1 / to_nearest;
  return std::floor(value * inverse + 0.5) / inverse;
}

}  // namespace epi::promql
