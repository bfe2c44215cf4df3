#include "common/promqltest/series_description.h"

#include <cmath>
#include <string>

#include "common/base/str_cat.h"
#include "common/promqltest/histogram_literal.h"
#include "common/series/sample.h"
#include "tests/support/catch.h"

namespace epi::promqltest {
namespace {

// "labels: items", or the error.
std::string Described(std::string_view line) {
  const auto series = ParseSeriesDescription(line);
  if (!series.ok()) return std::string(series.status().message());
  std::string text = series->labels.ToSeriesString() + ":";
  for (const SequenceValue& value : series->values) {
    text += ' ';
    if (value.omitted) {
      text += '_';
    } else if (value.histogram != nullptr) {
      text += HistogramText(*value.histogram);
    } else if (series::IsStaleNan(value.value)) {
      text += "stale";
    } else {
      StrAppend(&text, value.value);
    }
  }
  return text;
}

TEST_CASE("numbers repeat and add up") {
  CHECK(Described("m 1 2.5 -3 1e3") == "m: 1 2.5 -3 1000");
  CHECK(Described("m 5x2") == "m: 5 5 5");
  CHECK(Described("m 1+2x3 7") == "m: 1 3 5 7 7");
  CHECK(Described("m 1-2x2") == "m: 1 -1 -3");
  CHECK(Described("m -1+1x2") == "m: -1 0 1");
  CHECK(Described("m 0x3") == "m: 0 0 0 0");
  CHECK(Described("m Inf -Inf") == "m: inf -inf");
  CHECK(std::isnan(ParseSeriesDescription("m NaN")->values.front().value));
}

TEST_CASE("gaps and stale markers") {
  CHECK(Described("m _ 1 _x3 stale") == "m: _ 1 _ _ _ stale");
  CHECK(Described("m stalex1") == "m: stale stale");
  CHECK(Described("m") == "m:");
}

TEST_CASE("labels may contain spaces, braces and quotes") {
  CHECK(Described("m{a=\"b c}\",d='\"'} 1") == "m{a=\"b c}\", d=\"\\\"\"}: 1");
  CHECK(Described("m {a=\"b\"} 1") == "m{a=\"b\"}: 1");
  CHECK(Described("{a=\"b\"} 1") == "{a=\"b\"}: 1");
  CHECK(Described("{} 1") == "{}: 1");
}

TEST_CASE("histograms have all fields, repeat and add up") {
  CHECK(Described("m {{schema:1 count:3.1 sum:-0.3 z_bucket:7.1 z_bucket_w:0.05 buckets:[5.1 10 7] offset:-3 n_buckets:[4.1 5] "
                  "n_offset:-5 counter_reset_hint:gauge}}") ==
        "m: {{schema:1 count:3.1 sum:-0.3 z_bucket:7.1 z_bucket_w:0.05 counter_reset_hint:gauge offset:-3 buckets:[5.1 10 7] "
        "n_offset:-5 n_buckets:[4.1 5]}}");
  CHECK(Described("m {{}}") == "m: {{}}");
  CHECK(Described("m {{ count:1  }}x1") == "m: {{count:1}} {{count:1}}");
  CHECK(Described("m {{count:1 buckets:[1]}}+{{count:2 buckets:[2]}}x2") ==
        "m: {{count:1 buckets:[1]}} {{count:3 buckets:[3]}} {{count:5 buckets:[5]}}");
  CHECK(Described("m {{count:5 buckets:[5]}}-{{count:2 buckets:[2]}}x1") == "m: {{count:5 buckets:[5]}} {{count:3 buckets:[3]}}");
  CHECK(Described("m {{schema:-53 count:3 custom_values:[1 2.5] buckets:[1 1 1]}}") ==
        "m: {{schema:-53 count:3 custom_values:[1 2.5] buckets:[1 1 1]}}");
  CHECK(ParseSeriesDescription("m {{counter_reset_hint:unknown}}")->values.front().hint_given);
  CHECK_FALSE(ParseSeriesDescription("m {{}}")->values.front().hint_given);
}

TEST_CASE("faults name what is wrong") {
  CHECK(Described("m 1a") == "expected a space at \"a\"");
  CHECK(Described("m x5") == "expected a number at \"x5\"");
  CHECK(Described("m 1+2") == "expected x and a number of repetitions at \"\"");
  CHECK(Described("m 1x") == "expected a number of repetitions at \"\"");
  CHECK(Described("m 1x99999999") == "more than 1000000 samples in one line");
  CHECK(Described("m {{count:1") == "histogram without }} at \"\"");
  CHECK(Described("m {{count:1 count:2}}") == "duplicate key \"count\" in histogram");
  CHECK(Described("m {{size:1}}") == "bad histogram descriptor found: \"size\"");
  CHECK(Described("m {{counter_reset_hint:maybe}}") == "unknown counter reset hint \"maybe\"");
  CHECK(Described("m {{schema:1}}+{{schema:0}}x1") == "error combining histograms: cannot merge from schema 0 to 1");
  CHECK(Described("m{a=} 1") == "1:5: parse error: unexpected \"}\" in label set, expected string");
  CHECK(Described("m{a=\"b\" 1").find("parse error") != std::string::npos);
}

TEST_CASE("start times are relative to their samples") {
  REQUIRE(IsStartTimesLine("m{a=\"b\"}@st -1m _"));
  CHECK_FALSE(IsStartTimesLine("m 1"));
  const auto times = ParseStartTimes("m{a=\"b\"}@st -1m _ 0sx1 -1m+10sx2 _x2");
  REQUIRE(times.ok());
  using Offsets = std::vector<std::optional<int64_t>>;
  CHECK(times->offsets_ms == Offsets{-60'000, std::nullopt, 0, 0, -60'000, -50'000, -40'000, std::nullopt, std::nullopt});
  CHECK(times->labels.Get("a") == "b");
  CHECK_FALSE(ParseStartTimes("m@st 5").ok());
  CHECK_FALSE(ParseStartTimes("m@st -1m+1s").ok());
}

}  // namespace
}  // namespace epi::promqltest
