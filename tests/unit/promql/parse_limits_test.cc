#include <functional>
#include <string>

#include "common/base/str_cat.h"
#include "common/promql/limits.h"
#include "common/promql/parse.h"
#include "common/promql/print.h"
#include "tests/support/catch.h"

namespace epi::promql {
namespace {

std::string Repeat(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

void CheckDepth(const std::function<std::string(int)>& query_of_depth) {
  const std::string deep = query_of_depth(kExprDepthMax - 5);
  auto expr = ParseExpr(deep, Features::All());
  REQUIRE(expr.ok());
  CHECK(Print(*Clone(**expr)).size() >= deep.size());
  CHECK_FALSE(Prettify(**expr).empty());
  CHECK_FALSE(ToJson(**expr).empty());
  const auto refused = ParseExpr(query_of_depth(kExprDepthMax + 5), Features::All());
  REQUIRE_FALSE(refused.ok());
  CHECK(std::string(refused.status().message()).find("levels deep") != std::string::npos);
  CHECK_FALSE(ParseExpr(query_of_depth(100'000), Features::All()).ok());
}

TEST_CASE("nested parentheses are limited") {
  CheckDepth([](int n) { return StrCat(Repeat("(", n), "queue_depth", Repeat(")", n)); });
}

TEST_CASE("nested signs are limited") {
  CheckDepth([](int n) { return StrCat(Repeat("-", n), "queue_depth"); });
}

TEST_CASE("nested calls are limited") {
  CheckDepth([](int n) { return StrCat(Repeat("abs(", n), "queue_depth", Repeat(")", n)); });
}

TEST_CASE("long chains of operators are limited") {
  CheckDepth([](int n) { return StrCat("queue_depth", Repeat(" + 1", n)); });
}

TEST_CASE("chains that associate to the right are limited") {
  CheckDepth([](int n) { return StrCat("queue_depth", Repeat(" ^ 2", n)); });
}

TEST_CASE("nested duration arithmetic is limited") {
  CheckDepth([](int n) { return StrCat("jobs_total[", Repeat("-(", n / 2), "1", Repeat(")", n / 2), "]"); });
}

TEST_CASE("repeated subqueries are limited") {
  CheckDepth([](int n) { return StrCat(Repeat("abs(rate(", n / 3), "queue_depth", Repeat("[1m:]))", n / 3)); });
}

TEST_CASE("a query text above the limit is refused before it is parsed") {
  const auto refused = ParseExpr(std::string(kQueryBytesMax + 1, ' '), Features());
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.status().code() == StatusCode::kInvalidArgument);
  CHECK(std::string(refused.status().message()).find("exceeds the limit") != std::string::npos);
}

TEST_CASE("a query as long as allowed with many arguments prints in reasonable space") {
  std::string query = "label_join(queue_depth, \"x\", \"-\"";
  while (query.size() < 200'000) query += ", \"a\"";
  query += ")";
  const auto expr = ParseExpr(StrCat(Repeat("(", 900), query, Repeat(")", 900)), Features());
  REQUIRE(expr.ok());
  CHECK(Prettify(**expr).size() < 16'000'000);
}

}  // namespace
}  // namespace epi::promql
