#include "common/base/duration.h"

#include "tests/support/catch.h"

namespace epi {
namespace {

using std::chrono::milliseconds;

TEST_CASE("Prometheus durations read and print") {
  const std::vector<std::pair<std::string, int64_t>> cases = {
      {"0s", 0},          {"1ms", 1},           {"1s", 1000},          {"1m", 60000},     {"1h30m", 5400000},
      {"1d", 86400000},   {"1w", 604800000},    {"1y", 31536000000},   {"1y1d", 0},       {"8d", 691200000},
      {"1h1ms", 3600001}, {"4d1h", 0},          {"292y", 9208512000000}};
  for (const auto& [text, ms] : cases) {
    INFO(text);
    const auto duration = ParseDuration(text);
    REQUIRE(duration.ok());
    if (ms != 0) CHECK(duration->count() == ms);
    CHECK(ParseDuration(FormatDuration(*duration))->count() == duration->count());
  }
  CHECK(FormatDuration(milliseconds(5400000)) == "1h30m");
  CHECK(FormatDuration(milliseconds(31536000000)) == "1y");
  // Not a whole number of days: hours.
  CHECK(FormatDuration(milliseconds(90000000)) == "25h");
  CHECK(FormatDuration(milliseconds(14 * 86400000LL)) == "2w");
  CHECK(FormatDuration(milliseconds(0)) == "0s");
  CHECK(FormatDuration(milliseconds(-90000)) == "-1m30s");
  CHECK(ParseDuration("0")->count() == 0);
}

TEST_CASE("what is no Prometheus duration is refused") {
  for (const char* text : {"", "1", "s", "1.5h", "-1h", "1m1h", "1s1s", "1h ", "1x", "+1s", "1hh", "300y", "99999999999999999999s",
                           "292y365d", "9223372036854775807y"}) {
    INFO(text);
    CHECK(ParseDuration(text).status().code() == StatusCode::kInvalidArgument);
  }
  CHECK(ParseDuration("1x").status().message() == "not a valid duration string: \"1x\"");
}

TEST_CASE("Go durations read and print") {
  CHECK(ParseGoDuration("1h0m10s")->count() == 3610000);
  CHECK(ParseGoDuration("-1.5h")->count() == -5400000);
  CHECK(ParseGoDuration(".5s")->count() == 500);
  CHECK(ParseGoDuration("1m1h")->count() == 3660000);
  CHECK(ParseGoDuration("1500us")->count() == 1);
  CHECK(ParseGoDuration("2.002s")->count() == 2002);
  CHECK(ParseGoDuration("0.001s")->count() == 1);
  CHECK(ParseGoDuration("0.3h")->count() == 1080000);
  CHECK(ParseGoDuration("1.00000000000000000000000000001s")->count() == 1000);
  CHECK(ParseGoDuration("+0")->count() == 0);
  for (const char* text : {"", "-", "1", "1d", ".s", "1.2.3s", "s", "1 s", "1e3s", "9999999h9999999999h"}) {
    INFO(text);
    CHECK_FALSE(ParseGoDuration(text).ok());
  }
  using std::chrono::nanoseconds;
  CHECK(FormatGoDuration(nanoseconds(0)) == "0s");
  CHECK(FormatGoDuration(nanoseconds(15)) == "15ns");
  CHECK(FormatGoDuration(nanoseconds(1500)) == "1.5\xc2\xb5s");
  CHECK(FormatGoDuration(nanoseconds(2000000)) == "2ms");
  CHECK(FormatGoDuration(nanoseconds(1050000000)) == "1.05s");
  CHECK(FormatGoDuration(-std::chrono::hours(1)) == "-1h0m0s");
  CHECK(FormatGoDuration(std::chrono::seconds(61)) == "1m1s");
  CHECK(FormatGoDuration(nanoseconds::min()) == "-2562047h47m16.854775808s");
}

TEST_CASE("a time is RFC 3339 or an offset from now") {
  CHECK(TimeOrOffset::Parse("-6h")->Resolve(10 * 3600000) == 4 * 3600000);
  CHECK(TimeOrOffset::Parse("6h")->Resolve(0) == 6 * 3600000);
  CHECK(TimeOrOffset::Parse("+1d")->ToString() == "1d");
  const TimeOrOffset fixed = *TimeOrOffset::Parse("2026-11-25T04:00:00Z");
  CHECK_FALSE(fixed.relative());
  CHECK(fixed.Resolve(7) == 1795579200000);
  CHECK(fixed.ToString() == "2026-11-25T04:00:00Z");
  CHECK(TimeOrOffset::FromNow(milliseconds(INT64_MAX)).Resolve(5) == INT64_MAX);
  CHECK(TimeOrOffset::FromNow(milliseconds(INT64_MIN)).Resolve(-5) == INT64_MIN);
  CHECK(TimeOrOffset::Parse("tomorrow").status().message() ==
        "\"tomorrow\" is neither an RFC 3339 time nor a duration like -6h or 1d");
}

}  // namespace
}  // namespace epi
