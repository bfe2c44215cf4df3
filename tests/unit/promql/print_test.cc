#include "common/promql/print.h"

#include <string>

#include "common/promql/parse.h"
#include "tests/support/catch.h"

namespace epi::promql {
namespace {

ExprPtr Parse(std::string_view query) {
  auto expr = ParseExpr(query, Features::All());
  REQUIRE(expr.ok());
  return *std::move(expr);
}

std::string PrettyOf(std::string_view query) { return Prettify(*Parse(query), 20); }
std::string JsonOf(std::string_view query) { return ToJson(*Parse(query)); }

TEST_CASE("what fits into a line stays in one line") {
  CHECK(Prettify(*Parse("sum( rate(jobs_total[5m]) )by(host)")) == "sum by (host) (rate(jobs_total[5m]))");
}

TEST_CASE("aggregations that are too long are broken at their parentheses") {
  CHECK(PrettyOf("sum by (host) (rate(jobs_total[5m]))") ==
        "sum by (host) (\n"
        "  rate(jobs_total[5m])\n"
        ")");
  CHECK(PrettyOf("topk(3, queue_depth_of_all_hosts)") ==
        "topk(\n"
        "  3,\n"
        "  queue_depth_of_all_hosts\n"
        ")");
}

TEST_CASE("operators that are too long stand on lines of their own") {
  CHECK(PrettyOf("queue_depth / on (host) group_left () queue_limit") ==
        "  queue_depth\n"
        "/ on (host) group_left ()\n"
        "  queue_limit");
  CHECK(PrettyOf("(queue_depth + queue_limit) > bool other_metric") ==
        "  (\n"
        "      queue_depth\n"
        "    +\n"
        "      queue_limit\n"
        "  )\n"
        "> bool\n"
        "  other_metric");
}

TEST_CASE("a sign sticks to its operand") {
  CHECK(PrettyOf("-(queue_depth + queue_limit)") ==
        "-(\n"
        "    queue_depth\n"
        "  +\n"
        "    queue_limit\n"
        ")");
}

TEST_CASE("the range of a long subquery follows its expression") {
  CHECK(PrettyOf("sum(queue_depth_of_all)[1h:5m] offset 1d") ==
        "sum(\n"
        "  queue_depth_of_all\n"
        ")[1h:5m] offset 1d");
}

TEST_CASE("a selector as JSON") {
  CHECK(JsonOf("queue_depth{host=~\"a<b\"} @ 1.5 offset -5m") ==
        R"({"anchored":false,"matchers":[{"name":"host","type":"=~","value":"a\u003cb"},)"
        R"({"name":"__name__","type":"=","value":"queue_depth"}],"name":"queue_depth","offset":-300000,"offsetExpr":null,)"
        R"("smoothed":false,"startOrEnd":null,"timestamp":1500,"type":"vectorSelector"})");
}

TEST_CASE("ranges and subqueries as JSON") {
  CHECK(JsonOf("c[5m] @ end()") ==
        R"({"anchored":false,"matchers":[{"name":"__name__","type":"=","value":"c"}],"name":"c","offset":0,"offsetExpr":null,)"
        R"("range":300000,"rangeExpr":null,"smoothed":false,"startOrEnd":"end","timestamp":null,"type":"matrixSelector"})");
  CHECK(JsonOf("vector(1)[(5m):step()]") ==
        R"({"expr":{"args":[{"type":"numberLiteral","val":"1"}],"func":{"argTypes":["scalar"],"name":"vector",)"
        R"("returnType":"vector","variadic":0},"type":"call"},"offset":0,"offsetExpr":null,"range":0,"rangeExpr":{"lhs":null,)"
        R"("op":"+","rhs":{"duration":true,"type":"numberLiteral","val":"300"},"type":"durationExpr","wrapped":true},)"
        R"("startOrEnd":null,"step":0,"stepExpr":{"lhs":null,"op":"step","rhs":null,"type":"durationExpr","wrapped":false},)"
        R"("timestamp":null,"type":"subquery"})");
}

TEST_CASE("operators as JSON") {
  CHECK(JsonOf("1 + -2") ==
        R"({"bool":false,"lhs":{"type":"numberLiteral","val":"1"},"matching":null,"op":"+",)"
        R"("rhs":{"type":"numberLiteral","val":"-2"},"type":"binaryExpr"})");
  const std::string json = JsonOf("a * on (x) group_left (y) fill_right (2) b");
  CHECK(json.find(R"("matching":{"card":"many-to-one","fillValues":{"lhs":null,"rhs":2},"include":["y"],"labels":["x"],"on":true})") !=
        std::string::npos);
}

TEST_CASE("aggregations as JSON") {
  CHECK(JsonOf("topk by (a) (1, vector(2))").starts_with(R"({"expr":{"args":[{"type":"numberLiteral","val":"2"}])"));
  CHECK(JsonOf("sum without (a) (vector(2))").ends_with(R"("grouping":["a"],"op":"sum","param":null,"type":"aggregation","without":true})"));
}

}  // namespace
}  // namespace epi::promql
