#include "common/base/time_format.h"

#include <ctime>

#include "common/base/civil_time.h"
#include "common/base/random.h"
#include "tests/support/catch.h"

namespace epi {
namespace {

TEST_CASE("RFC 3339 times read with offsets and fractions") {
  CHECK(*ParseRfc3339Ms("1970-01-01T00:00:00Z") == 0);
  CHECK(*ParseRfc3339Ms("2026-11-25T04:02:38.1239Z") == 1795579358123);
  CHECK(*ParseRfc3339Ms("2026-11-25T05:32:38.1+01:30") == 1795579358100);
  CHECK(*ParseRfc3339Ms("1969-12-31t23:59:59.999-00:00") == -1);
  CHECK(*ParseRfc3339Ms("0000-01-01T00:00:00Z") == -62167219200000);
  CHECK(*ParseRfc3339Ms("9999-12-31T23:59:59Z") == 253402300799000);
}

TEST_CASE("what is no RFC 3339 time is refused") {
  for (const char* text : {"", "2026", "2026-11-25", "2026-11-25T04:02:38", "2026-13-25T04:02:38Z", "2026-02-29T04:02:38Z",
                           "2026-11-25 04:02:38Z", "2026-11-25T24:02:38Z", "2026-11-25T04:02:60Z", "2026-11-25T04:02:38.Z",
                           "2026-11-25T04:02:38Zx", "2026-11-25T04:02:38+1:00", "-026-11-25T04:02:38Z"}) {
    INFO(text);
    CHECK_FALSE(ParseRfc3339Ms(text).ok());
  }
}

TEST_CASE("times print with as many decimals as they need") {
  CHECK(FormatRfc3339Ms(0) == "1970-01-01T00:00:00Z");
  CHECK(FormatRfc3339Ms(-1) == "1969-12-31T23:59:59.999Z");
  CHECK(FormatRfc3339Ms(1795579358120) == "2026-11-25T04:02:38.12Z");
  std::string out;
  AppendRfc3339Nano(&out, 0, 123456);
  CHECK(out == "1970-01-01T00:00:00.000123456Z");
}

TEST_CASE("civil time agrees with the C library over three thousand years and inverts") {
  Random random(3);
  for (int i = 0; i < 20000; ++i) {
    const int64_t seconds = static_cast<int64_t>(random.Uniform(100'000'000'000)) - 50'000'000'000;
    const CivilTime civil = ToCivilTime(seconds);
    std::tm expected{};
    const auto time = static_cast<std::time_t>(seconds);
    gmtime_r(&time, &expected);
    INFO(seconds);
    REQUIRE(civil.year == expected.tm_year + 1900);
    REQUIRE(civil.month == expected.tm_mon + 1);
    REQUIRE(civil.day == expected.tm_mday);
    REQUIRE(civil.hour == expected.tm_hour);
    REQUIRE(civil.minute == expected.tm_min);
    REQUIRE(civil.second == expected.tm_sec);
    REQUIRE(civil.weekday == expected.tm_wday);
    REQUIRE(civil.year_day == expected.tm_yday + 1);
    REQUIRE(ToUnixSeconds(civil) == seconds);
  }
}

TEST_CASE("civil time covers all of int64, and knows leap years") {
  CHECK(ToCivilTime(INT64_MIN).year == -292277022657);
  CHECK(ToCivilTime(INT64_MAX).year == 292277026596);
  CHECK(DaysInMonth(2000, 2) == 29);
  CHECK(DaysInMonth(1900, 2) == 28);
  CHECK(DaysInMonth(2023, 4) == 30);
  CHECK(DaysInMonth(2023, 12) == 31);
}

}  // namespace
}  // namespace epi
