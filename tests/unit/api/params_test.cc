#include "common/api/params.h"

#include "tests/support/catch.h"

namespace epi::api {
namespace {

TEST_CASE("times are seconds with fractions, RFC 3339 or Prometheus' two bounds") {
  CHECK(*ParseTime("time", "1700000000") == 1700000000000);
  CHECK(*ParseTime("time", "1700000000.5") == 1700000000500);
  CHECK(*ParseTime("time", "-1.25") == -1250);
  CHECK(*ParseTime("time", "2023-11-14T22:13:20.123Z") == 1700000000123);
  CHECK(*ParseTime("start", "1577836800000") == 1577836800000000);
  CHECK(ParseTime("time", "-292273086-05-16T16:47:06Z").ok());
  CHECK(ParseTime("time", "+292277025-08-18T07:12:54.999999999Z").ok());
}

TEST_CASE("a bad time is named with its parameter and text") {
  CHECK(ParseTime("time", "yesterday").status().message() ==
        "invalid parameter \"time\": cannot parse \"yesterday\" to a valid timestamp");
  CHECK_FALSE(ParseTime("time", "NaN").ok());
  CHECK_FALSE(ParseTime("time", "1e300").ok());
}

TEST_CASE("durations are seconds or Prometheus' and Go's writing of hours and minutes") {
  CHECK(ParseDurationParam("step", "15")->count() == 15000);
  CHECK(ParseDurationParam("step", "0.5")->count() == 500);
  CHECK(ParseDurationParam("step", "1m0s")->count() == 60000);
  CHECK(ParseDurationParam("step", "1d")->count() == 86400000);
  CHECK(ParseDurationParam("step", "abc").status().message() ==
        "invalid parameter \"step\": cannot parse \"abc\" to a valid duration");
  CHECK(ParseDurationParam("step", "1e10").status().message() ==
        "invalid parameter \"step\": cannot parse \"1e10\" to a valid duration. It overflows int64");
}

TEST_CASE("a selector that matches everything is refused") {
  CHECK(ParseSelectors("match[]", {"up", "{job=~\".+\"}"}).ok());
  CHECK(ParseSelectors("match[]", {"{job=\"\"}"}).status().code() == StatusCode::kInvalidArgument);
  CHECK(ParseSelectors("match[]", {"up{"}).status().message().starts_with("1:4: parse error: "));
}

TEST_CASE("label names in paths may be escaped") {
  CHECK(*ParseLabelName("job") == "job");
  CHECK(*ParseLabelName("label.with.dots") == "label.with.dots");
  CHECK(*ParseLabelName("U__label_2e_with_2e_dots") == "label.with.dots");
  CHECK(*ParseLabelName("U__a__b") == "a_b");
  CHECK(*ParseLabelName("U__broken_zz") == "U__broken_zz");
  CHECK_FALSE(ParseLabelName("\xff").ok());
}

TEST_CASE("limits are whole and not negative") {
  CHECK(*ParseLimit("0") == 0);
  CHECK(ParseLimit("-1").status().message() == "invalid parameter \"limit\": limit must be non-negative");
  CHECK_FALSE(ParseLimit("10x").ok());
}

}  // namespace
}  // namespace epi::api
