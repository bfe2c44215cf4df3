#include "common/promqltest/runner.h"

#include <map>
#include <string>

#include "common/promqltest/pin_times.h"
#include "tests/support/catch.h"

namespace epi::promqltest {
namespace {

// Answers every query with one element of a fixed value, or fails.
class FixedEvaluator final : public Evaluator {
 public:
  double value = 0;
  std::string error;
  std::string warning;
  int instants = 0;
  int ranges = 0;

  Result<Answer> Instant(const series::Querier& /*querier*/, const std::string& /*query*/, int64_t time_ms) override {
    ++instants;
    if (!error.empty()) return FailedPreconditionError(error);
    return Answered(promql::Vector{{{}, time_ms, value, nullptr}});
  }
  Result<Answer> Range(const series::Querier& /*querier*/, const std::string& /*query*/, int64_t start_ms, int64_t end_ms,
                       int64_t step_ms) override {
    ++ranges;
    promql::MatrixSeries series;
    for (int64_t t_ms = start_ms; t_ms <= end_ms; t_ms += step_ms) series.floats.push_back({t_ms, value});
    return Answered(promql::Matrix{std::move(series)});
  }

 private:
  Result<Answer> Answered(promql::Value answer) const {
    Answer full{std::move(answer), {}};
    if (!warning.empty()) full.annotations.AddForeignWarning(warning);
    return full;
  }
};

std::string FirstFailure(std::string_view script, FixedEvaluator* evaluator) {
  const auto result = RunScript(script, evaluator);
  if (!result.ok()) return std::string(result.status().message());
  return result->failures.empty() ? "" : result->failures.front().reason;
}

TEST_CASE("an instant evaluation is asked at six times, each also in a range query") {
  FixedEvaluator evaluator;
  evaluator.value = 5;
  CHECK(FirstFailure("eval instant at 5m queue_depth\n  {} 5\n", &evaluator).empty());
  CHECK(evaluator.instants == 6);
  CHECK(evaluator.ranges == 6);
}

TEST_CASE("what looks at the time is asked once") {
  FixedEvaluator evaluator;
  evaluator.value = 5;
  CHECK(FirstFailure("eval instant at 5m vector(time())\n  {} 5\n", &evaluator).empty());
  CHECK(evaluator.instants == 1);
  CHECK(evaluator.ranges == 1);
}

TEST_CASE("wrong, missing and unexpected answers are told apart") {
  FixedEvaluator evaluator;
  evaluator.value = 5;
  CHECK(FirstFailure("eval instant at 0s a\n  {} 6\n", &evaluator) == "a at 0 ms: expected 6 for {}, got 5");
  CHECK(FirstFailure("eval instant at 0s a\n", &evaluator) == "a at 0 ms: unexpected metric {} with value 5");
  CHECK(FirstFailure("eval instant at 0s a\n  {} 5\n  b 5\n", &evaluator) ==
        "a at 0 ms: expected metric {__name__=\"b\"} not found");
  CHECK(FirstFailure("eval instant at 0s a\n  5\n", &evaluator) == "a at 0 ms: expected a scalar, got a vector");
  CHECK(FirstFailure("eval range from 0s to 2m step 1m a\n  {} 5 5\n", &evaluator) ==
        "expected 2 points for {}, got 5 @0ms 5 @60000ms 5 @120000ms");
  CHECK(FirstFailure("eval range from 0s to 1m step 1m a\n  {} 5 5 5\n", &evaluator).starts_with("more points expected"));
  CHECK(FirstFailure("eval range from 0s to 1m step 1m a\n  {} 5 5\n", &evaluator).empty());
  CHECK(FirstFailure("eval instant at 0s a\n  {} 5.000001\n", &evaluator).empty());
}

TEST_CASE("errors are compared with what is expected") {
  FixedEvaluator evaluator;
  evaluator.error = "it broke";
  CHECK(FirstFailure("eval instant at 0s a\n  expect fail\n", &evaluator).empty());
  CHECK(FirstFailure("eval_fail instant at 0s a\n", &evaluator).empty());
  CHECK(FirstFailure("eval instant at 0s a\n  expect fail msg: it broke\n", &evaluator).empty());
  CHECK(FirstFailure("eval instant at 0s a\n  expect fail regex: br.ke\n", &evaluator).empty());
  CHECK(FirstFailure("eval_fail instant at 0s a\n  expected_fail_message it broke\n", &evaluator).empty());
  CHECK(FirstFailure("eval instant at 0s a\n  expect fail msg: it\n", &evaluator) ==
        "a at 0 ms: expected an error with message \"it\", got: it broke");
  CHECK(FirstFailure("eval instant at 0s a\n", &evaluator) == "a at 0 ms: it broke");
  evaluator.error.clear();
  CHECK(FirstFailure("eval instant at 0s a\n  expect fail\n", &evaluator) == "a at 0 ms: expected an error, got none");
}

TEST_CASE("annotations are compared with what is expected") {
  FixedEvaluator evaluator;
  CHECK(FirstFailure("eval instant at 0s a\n  expect no_warn\n  expect no_info\n  {} 0\n", &evaluator).empty());
  CHECK(FirstFailure("eval instant at 0s a\n  expect warn\n  {} 0\n", &evaluator) ==
        "a at 0 ms: expected a warning with any message, got none");
  evaluator.warning = "beware";
  CHECK(FirstFailure("eval instant at 0s a\n  {} 0\n", &evaluator).empty());
  CHECK(FirstFailure("eval instant at 0s a\n  expect warn msg: beware\n  {} 0\n", &evaluator).empty());
  CHECK(FirstFailure("eval instant at 0s a\n  expect no_warn\n  {} 0\n", &evaluator) ==
        "a at 0 ms: unexpected warning: beware");
  CHECK(FirstFailure("eval_info instant at 0s a\n  {} 0\n", &evaluator) == "a at 0 ms: expected infos, got none");
}

TEST_CASE("scripts that do not parse say where") {
  FixedEvaluator evaluator;
  CHECK(FirstFailure("\nnonsense\n", &evaluator) == "line 2: invalid command \"nonsense\"");
  CHECK(FirstFailure("load 5x\n", &evaluator).starts_with("line 1: "));
  CHECK(FirstFailure("eval instant at 0s sum(\n", &evaluator) == "line 1: 1:5: parse error: unclosed left parenthesis");
  CHECK(FirstFailure("eval instant at 0s a\n  b 1 2\n", &evaluator) ==
        "line 2: an instant query answers with one value per series");
  CHECK(FirstFailure("eval instant at 0s a\n  expect warn\n  expect no_warn\n", &evaluator) ==
        "line 3: invalid expect lines, warn and no_warn cannot be used together");
  CHECK(FirstFailure("load 1m\n  a@st -1m\n", &evaluator) == "line 2: @st line has no following sample line");
  CHECK(FirstFailure("eval range from 2m to 1m step 1m a\n", &evaluator).starts_with("line 1: end is before start"));
}

TEST_CASE("a load that cannot be stored is a failure of its line") {
  FixedEvaluator evaluator;
  CHECK(FirstFailure("load 1m\n  a 1 2\n\nload 30s\n  a 1 2\n", &evaluator).find("out of order") != std::string::npos);
  CHECK(FirstFailure("load 1m\n  a 1\n\nclear\n\nload 1m\n  a 2\n", &evaluator).empty());
  CHECK(FirstFailure("load_with_nhcb 1m\n  a_bucket{le=\"1\"} 5\n  a_bucket{le=\"+Inf\"} 3\n", &evaluator)
            .find("not cumulative") != std::string::npos);
}

TEST_CASE("times are pinned outside of pinned subqueries only") {
  const auto pinned = [](const std::string& query) { return PinTimes(query, 60'000).value(); };

  CHECK(pinned("rate(a[5m])") == "rate(a[5m] @ 60.000)");
  CHECK(pinned("max_over_time((a @ 3 + b)[5m:1m])") == "max_over_time((a @ 3.000 + b)[5m:1m] @ 60.000)");
  CHECK(pinned("a @ end()") == "a @ 60.000");
  CHECK_FALSE(pinned("time()").has_value());
  CHECK(pinned("1 + 2") == "1 + 2");
}

}  // namespace
}  // namespace epi::promqltest
