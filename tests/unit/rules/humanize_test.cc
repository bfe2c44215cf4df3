#include "common/rules/humanize.h"

#include <limits>

#include "tests/support/catch.h"

namespace epi::rules {
namespace {

TEST_CASE("numbers get decimal prefixes") {
  CHECK(Humanize(0) == "0");
  CHECK(Humanize(1) == "1");
  CHECK(Humanize(1234567) == "1.235M");
  CHECK(Humanize(-1500) == "-1.5k");
  CHECK(Humanize(0.00012) == "120u");
  CHECK(Humanize(1e30) == "1e+06Y");
  CHECK(Humanize(std::numeric_limits<double>::infinity()) == "+Inf");
  CHECK(Humanize(std::numeric_limits<double>::quiet_NaN()) == "NaN");
}

TEST_CASE("numbers get binary prefixes") {
  CHECK(Humanize1024(1) == "1");
  CHECK(Humanize1024(1536) == "1.5ki");
  CHECK(Humanize1024(1048576) == "1Mi");
}

TEST_CASE("durations are split into days, hours, minutes and seconds") {
  CHECK(HumanizeDuration(0) == "0s");
  CHECK(HumanizeDuration(1.5) == "1.5s");
  CHECK(HumanizeDuration(90) == "1m 30s");
  CHECK(HumanizeDuration(3661) == "1h 1m 1s");
  CHECK(HumanizeDuration(-90061) == "-1d 1h 1m 1s");
  CHECK(HumanizeDuration(0.001) == "1ms");
  CHECK(HumanizeDuration(1e300) == "1e+300s");
}

TEST_CASE("ratios are percentages and seconds are times") {
  CHECK(HumanizePercentage(0.12345) == "12.35%");
  CHECK(HumanizeTimestamp(1435065584.128) == "2015-06-23 13:19:44.128 +0000 UTC");
  CHECK(HumanizeTimestamp(0) == "1970-01-01 00:00:00 +0000 UTC");
  CHECK(HumanizeTimestamp(1e20) == "1e+20");
}

}  // namespace
}  // namespace epi::rules
