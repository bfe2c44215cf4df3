// What start, end and step may be.
#include "common/api/query_request.h"
#include "common/base/str_cat.h"
#include "tests/support/catch.h"

namespace epi::api {
namespace {

Result<QueryRequest> Range(std::string_view start, std::string_view end, std::string_view step) {
  const auto form = http::Form::Parse(StrCat("query=up&start=", start, "&end=", end, "&step=", step));
  REQUIRE(form.ok());
  return ParseRangeQuery(*form, {});
}

TEST_CASE("a range query may ask for 11,001 points, not for more") {
  CHECK(Range("0", "11000", "1").ok());
  // The division is one of integers: what is left over does not count.
  CHECK(Range("0", "11000.999", "1").ok());
  const auto refused = Range("0", "11001", "1");
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.status().message() ==
        "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)");
}

TEST_CASE("a step is a number of seconds in any form, or a duration, and at least a millisecond") {
  CHECK(Range("0", "1", "1e-3")->step_ms == 1);
  CHECK(Range("0", "1", "0.5")->step_ms == 500);
  CHECK(Range("0", "600", "5m")->step_ms == 300'000);
  CHECK(Range("0", "600", "1m30s")->step_ms == 90'000);
  for (const char* step : {"0", "-1", "0.0001", "1e-9", "NaN", "five", ""}) {
    INFO(step);
    CHECK_FALSE(Range("0", "1", step).ok());
  }
}

TEST_CASE("the end may be the start, not before it") {
  CHECK(Range("5", "5", "1").ok());
  CHECK(Range("5", "4", "1").status().message() == "invalid parameter \"end\": end timestamp must not be before start time");
}

}  // namespace
}  // namespace epi::api
