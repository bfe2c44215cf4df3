#include "common/promql/ast.h"

#include <string>

#include "common/promql/parse.h"
#include "common/promql/print.h"
#include "tests/support/catch.h"

namespace epi::promql {
namespace {

ExprPtr Parse(std::string_view query) {
  auto expr = ParseExpr(query, Features::All());
  REQUIRE(expr.ok());
  return *std::move(expr);
}

// The text that each node stands at, parents first.
std::vector<std::string> PlacesOf(std::string_view query) {
  const ExprPtr expr = Parse(query);
  std::vector<std::string> places;
  Walk(*expr, [&](const Expr& node) {
    const auto [start, end] = node.position;
    places.emplace_back(query.substr(static_cast<size_t>(start), static_cast<size_t>(end - start)));
  });
  return places;
}

TEST_CASE("nodes know where they stand in the text") {
  CHECK(PlacesOf("sum by (a) ( rate(c{x=\"y\"}[5m] offset 1m) ) / 2") ==
        std::vector<std::string>{"sum by (a) ( rate(c{x=\"y\"}[5m] offset 1m) ) / 2", "sum by (a) ( rate(c{x=\"y\"}[5m] offset 1m) )",
                                 "rate(c{x=\"y\"}[5m] offset 1m)", "c{x=\"y\"}[5m] offset 1m", "c{x=\"y\"}", "2"});
  CHECK(PlacesOf("topk(3, -c @ 5)") == std::vector<std::string>{"topk(3, -c @ 5)", "-c @ 5", "c @ 5", "3"});
  CHECK(PlacesOf("(a) [5m:1m] @ end()") == std::vector<std::string>{"(a) [5m:1m] @ end()", "(a)", "a"});
}

TEST_CASE("expressions know their type") {
  CHECK(Parse("1 + time()")->type() == ValueType::kScalar);
  CHECK(Parse("1 + (c)")->type() == ValueType::kVector);
  CHECK(Parse("-(c)")->type() == ValueType::kVector);
  CHECK(Parse("c[5m]")->type() == ValueType::kMatrix);
  CHECK(Parse("c[5m:]")->type() == ValueType::kMatrix);
  CHECK(Parse("(\"s\")")->type() == ValueType::kString);
  CHECK(Parse("sum(c)")->type() == ValueType::kVector);
}

TEST_CASE("a clone prints the same and stands at the same place") {
  for (const char* query : {"sum by (a) (rate(c[5m + 1m] offset (1m))) > bool 2", "a * on (x) group_left (y) fill (1) b",
                            "max_over_time((-a @ start())[1h:step()] offset 5m)", "label_join(a, \"b\", \"c\", \"d\")",
                            "quantile without (x) (0.5, a smoothed)"}) {
    const ExprPtr expr = Parse(query);
    const ExprPtr copy = Clone(*expr);
    CHECK(Print(*copy) == Print(*expr));
    CHECK(copy->position == expr->position);
  }
}

TEST_CASE("unwrapping finds what is in parentheses") {
  const ExprPtr expr = Parse("((c))");
  CHECK(As<VectorSelector>(Unwrap(expr.get())) != nullptr);
  CHECK(As<VectorSelector>(expr.get()) == nullptr);
  CHECK(As<Call>(static_cast<const Expr*>(nullptr)) == nullptr);
}

TEST_CASE("children can be replaced") {
  const ExprPtr expr = Parse("abs(c) + 1");
  ForEachChildPtr(*expr, [](ExprPtr& child) {
    if (child->kind == ExprKind::kCall) child = Parse("d");
  });
  CHECK(Print(*expr) == "d + 1");
}

TEST_CASE("vector matching is kept only between vectors, set operators are many-to-many") {
  CHECK_FALSE(As<BinaryExpr>(Parse("c + 1").get())->matching.has_value());
  CHECK(As<BinaryExpr>(Parse("c + d").get())->matching->card == MatchCardinality::kOneToOne);
  CHECK(As<BinaryExpr>(Parse("c and d").get())->matching->card == MatchCardinality::kManyToMany);
  CHECK(MatchCardinalityText(MatchCardinality::kManyToMany) == "many-to-many");
}

TEST_CASE("the table has ninety functions, found by their exact name") {
  CHECK(AllFunctions().size() == 90);
  for (const FunctionSignature& function : AllFunctions()) CHECK(FindFunction(function.name) == &function);
  CHECK(FindFunction("Rate") == nullptr);
  CHECK(FindFunction("") == nullptr);
  CHECK(FindFunction("zzz") == nullptr);
  CHECK(FindFunction("round")->args_min() == 1);
  CHECK(FindFunction("round")->args_max() == 2);
  CHECK(FindFunction("histogram_quantiles")->args_max() == 12);
}

TEST_CASE("features are switched on by their flag values") {
  Features features;
  CHECK_FALSE(features.experimental_functions);
  CHECK(features.at_modifier);
  REQUIRE(features.Enable("promql-experimental-functions").ok());
  CHECK(features.experimental_functions);
  CHECK(features.Enable("promql-duration-expr").ok());
  CHECK(features.Enable("exemplar-storage").code() == StatusCode::kInvalidArgument);
  CHECK(Features::All().type_and_unit_labels);
}

TEST_CASE("all errors of a query are reported when asked for") {
  ParseErrors errors;
  const auto expr = ParseExpr("nope(1) + nada(2)", Features(), &errors);
  CHECK(expr.status().message() == "1:1: parse error: unknown function with name \"nope\"");
  REQUIRE(errors.size() == 2);
  CHECK(errors[1].message == "unknown function with name \"nada\"");
  CHECK(errors[1].position == PositionRange{10, 14});
}

TEST_CASE("selectors and series parse on their own") {
  const auto matchers = ParseMetricSelector("c{a=~\"b\"}");
  REQUIRE(matchers.ok());
  CHECK(matchers->size() == 2);
  CHECK(ParseMetricSelector("{}").ok());
  CHECK(ParseMetricSelector("c offset 5m").status().message() == "1:3: parse error: unexpected <offset>");
  CHECK(ParseMetricSelector("sum(c)").status().message() == "1:4: parse error: unexpected \"(\"");
  CHECK(ParseMetricSelector("").status().message() == "unknown position: parse error: unexpected end of input");
  CHECK(ParseMetric("c{a=\"b\",d=\"\"}")->ToString() == "{__name__=\"c\", a=\"b\"}");
  CHECK(ParseMetric("{\"x.y\",a=\"b\"}")->ToString() == "{__name__=\"x.y\", a=\"b\"}");
  CHECK(ParseMetric("sum")->ToString() == "{__name__=\"sum\"}");
  CHECK(ParseMetric("c{a=}").status().message() == "1:5: parse error: unexpected \"}\" in label set, expected string");
  CHECK(ParseMetric("c{a}").status().message() == "1:4: parse error: unexpected \"}\" in label set, expected \"=\"");
  CHECK(ParseMetric("c{a=\"b\" c=\"d\"}").status().message() ==
        "1:9: parse error: unexpected identifier \"c\" in label set, expected \",\" or \"}\"");
  CHECK(ParseMetric("c{,}").status().message() == "1:3: parse error: unexpected \",\" in label set, expected identifier or \"}\"");
}

}  // namespace
}  // namespace epi::promql
