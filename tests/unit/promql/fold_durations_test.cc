#include "common/promql/fold_durations.h"

#include <string>

#include "common/promql/parse.h"
#include "common/promql/print.h"
#include "tests/support/catch.h"

namespace epi::promql {
namespace {

std::string Folded(std::string_view query, const DurationContext& context) {
  auto expr = ParseExpr(query, Features::All());
  REQUIRE(expr.ok());
  const Status status = FoldDurations(context, expr->get());
  return status.ok() ? Print(**expr) : std::string(status.message());
}

TEST_CASE("duration expressions are computed wherever they stand") {
  const DurationContext context{.step_ms = 15'000, .range_ms = 3'600'000};
  CHECK(Folded("rate(c[5m * 2])", context) == "rate(c[10m])");
  CHECK(Folded("c[step()]", context) == "c[15s]");
  CHECK(Folded("c[range() / 4 + step()]", context) == "c[15m15s]");
  CHECK(Folded("c[max_of(step(), 1m)]", context) == "c[1m]");
  CHECK(Folded("c[min_of(step(), 1m)]", context) == "c[15s]");
  CHECK(Folded("c[2 ^ 3 ^ 2]", context) == "c[8m32s]");
  CHECK(Folded("c[1h % 7m]", context) == "c[4m]");
  CHECK(Folded("c[-(1m - 2m)]", context) == "c[1m]");
  CHECK(Folded("c offset (5m)", context) == "c offset 5m");
  CHECK(Folded("c offset -step()", context) == "c offset -15s");
  CHECK(Folded("c offset (1s / 3)", context) == "c offset 333ms");
  CHECK(Folded("max_over_time((c offset (1m + 1m))[1h + 1m:step() * 2] offset (2m))", context) ==
        "max_over_time((c offset 2m)[1h1m:30s] offset 2m)");
}

TEST_CASE("step and range are zero in an instant query") {
  CHECK(Folded("c[step() + 1s]", {}) == "c[1s]");
  CHECK(Folded("c[step()]", {}) == "2:8: duration must be greater than 0");
  CHECK(Folded("c[1h / step()]", {}) == "2:13: division by zero");
  CHECK(Folded("c[1h % range()]", {}) == "2:14: modulo by zero");
  CHECK(Folded("c[1m:1h - 2h]", {}) == "5:12: duration must be greater than 0");
  CHECK(Folded("c offset (0 - 5m)", {}) == "c offset -5m");
}

TEST_CASE("results that are no durations are refused") {
  CHECK(Folded("c[10 ^ 400]", {}) == "2:10: duration is NaN or infinite");
  CHECK(Folded("c offset (10 ^ 400 - 10 ^ 400)", {}) == "10:29: duration is NaN or infinite");
  CHECK(Folded("c[200y * 200y]", {}) == "2:13: duration is out of range");
  CHECK(Folded("c offset (-(200y * 200y))", {}) == "10:23: duration is out of range");
}

}  // namespace
}  // namespace epi::promql
