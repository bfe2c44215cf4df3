// Calendar dates in UTC for any int64 of Unix seconds (proleptic Gregorian, no leap seconds).
#pragma once

#include <cstdint>

namespace epi {

struct CivilTime {
  int64_t year = 1970;
  int month = 1;    // 1–12
  int day = 1;      // 1–31
  int hour = 0;
  int minute = 0;
  int second = 0;
  int weekday = 4;  // 0 is Sunday
  int year_day = 1; // 1–366
};

CivilTime ToCivilTime(int64_t unix_seconds);
// Seconds of a date; weekday and year_day are not read. REQUIRES: fields within their ranges, |year| <= 1'000'000.
int64_t ToUnixSeconds(const CivilTime& civil);
bool IsLeapYear(int64_t year);
// REQUIRES: 1 <= month <= 12.
int DaysInMonth(int64_t year, int month);

}  // namespace epi
