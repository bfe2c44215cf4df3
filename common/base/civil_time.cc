#include "common/base/civil_time.h"

#include <chrono>

namespace epi {
namespace {

namespace chr = std::chrono;

// The calendar repeats every 400 years; std::chrono's years only reach 32767, so whole cycles are counted apart.
constexpr int64_t kDaysPerCycle = 146097;
constexpr int64_t kYearsPerCycle = 400;
constexpr int64_t kSecondsPerDay = 86400;

constexpr int64_t FloorDiv(int64_t a, int64_t b) { return a / b - static_cast<int64_t>(a % b < 0); }

chr::sys_days DaysInCycle(int64_t days) { return chr::sys_days(chr::days(static_cast<int>(days))); }

chr::year_month_day FirstCycleDate(int64_t year, int month, int day) {
  const int64_t cycle = FloorDiv(year - 1970, kYearsPerCycle);
  return {chr::year(static_cast<int>(year - cycle * kYearsPerCycle)), chr::month(static_cast<unsigned>(month)),
          chr::day(static_cast<unsigned>(day))};
}

}  // namespace

CivilTime ToCivilTime(int64_t unix_seconds) {
  const int64_t days = FloorDiv(unix_seconds, kSecondsPerDay);
  // Not by a product, which overflows for the first day of int64.
  const auto second_of_day = static_cast<int>((unix_seconds % kSecondsPerDay + kSecondsPerDay) % kSecondsPerDay);
  const int64_t cycle = FloorDiv(days, kDaysPerCycle);
  const chr::sys_days date = DaysInCycle(days - cycle * kDaysPerCycle);
  const chr::year_month_day ymd(date);
  CivilTime civil;
  civil.year = static_cast<int>(ymd.year()) + cycle * kYearsPerCycle;
  civil.month = static_cast<int>(static_cast<unsigned>(ymd.month()));
  civil.day = static_cast<int>(static_cast<unsigned>(ymd.day()));
  civil.hour = second_of_day / 3600;
  civil.minute = second_of_day / 60 % 60;
  civil.second = second_of_day % 60;
  civil.weekday = static_cast<int>(chr::weekday(date).c_encoding());
  civil.year_day = static_cast<int>((date - chr::sys_days(ymd.year() / chr::January / 1)).count()) + 1;
  return civil;
}

int64_t ToUnixSeconds(const CivilTime& civil) {
  const int64_t cycle = FloorDiv(civil.year - 1970, kYearsPerCycle);
  const chr::sys_days date(FirstCycleDate(civil.year, civil.month, civil.day));
  const int64_t days = date.time_since_epoch().count() + cycle * kDaysPerCycle;
  return days * kSecondsPerDay + civil.hour * 3600 + civil.minute * 60 + civil.second;
}

bool IsLeapYear(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int DaysInMonth(int64_t year, int month) {
  if (month == 2) return IsLeapYear(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

}  // namespace epi
