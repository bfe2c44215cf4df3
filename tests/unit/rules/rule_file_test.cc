#include "common/rules/rule_file.h"

#include "tests/support/catch.h"

namespace epi::rules {
namespace {

RuleFile Parse(std::string_view text) { return ParseRuleFile(text, "r.yml", promql::Features()); }

TEST_CASE("a rule file gives its groups") {
  const RuleFile file = Parse(R"(groups:
- name: g
  interval: 30s
  query_offset: 1m
  limit: 5
  labels: {team: web}
  partial_response_strategy: warn
  rules:
  - record: job:up:sum
    expr: sum by (job) (up)
  - alert: Down
    expr: up == 0
    for: 5m
    keep_firing_for: 10m
    labels: {severity: page}
    annotations: {summary: "{{ $labels.job }} is down"}
)");
  CHECK(file.errors.empty());
  REQUIRE(file.groups.size() == 1);
  const RuleGroup& group = file.groups[0];
  CHECK(group.file == "r.yml");
  CHECK(group.interval == std::chrono::seconds(30));
  CHECK(group.query_offset == std::chrono::minutes(1));
  CHECK(group.limit == 5);
  REQUIRE(group.rules.size() == 2);
  CHECK(group.rules[0].name() == "job:up:sum");
  CHECK(group.rules[1].hold == std::chrono::minutes(5));
  CHECK(group.rules[1].keep_firing_for == std::chrono::minutes(10));
}

TEST_CASE("everything wrong in a rule file is listed with its place") {
  const RuleFile file = Parse(R"(groups:
- name: g1
  rules:
  - record: "bad name"
    expr: sum(
  - alert: A
    record: b
    expr: up
  - expr: up
  - record: ok
    for: 5m
    expr: up
    annotations: {a: b}
    labels: {"__name__": x, "1a": y}
  - alert: T
    expr: up
    labels: {x: "{{ $nope }}"}
    annotations: {y: "{{ foo }}"}
- name: g1
  rules: []
- name: ""
  rules:
  - record: x
)");
  const std::vector<std::string> expected = {
      R"(r.yml: 5:11: group "g1", rule 1, "bad name": could not parse expression: 1:5: parse error: unclosed left parenthesis)",
      R"(r.yml: 4:13: group "g1", rule 1, "bad name": invalid recording rule name: bad name)",
      R"(r.yml: 7:13: 6:12: group "g1", rule 2, "b": only one of 'record' and 'alert' must be set)",
      R"(r.yml: 0:0: group "g1", rule 3, "": one of 'record' or 'alert' must be set)",
      R"(r.yml: 10:13: group "g1", rule 4, "ok": invalid field 'annotations' in recording rule)",
      R"(r.yml: 10:13: group "g1", rule 4, "ok": invalid field 'for' in recording rule)",
      R"(r.yml: group "g1", rule 4, "ok": invalid label name: 1a)",
      R"(r.yml: group "g1", rule 4, "ok": invalid label name: __name__)",
      R"(r.yml: group "g1", rule 5, "T": label "x": template: __alert_T:1: undefined variable "$nope")",
      R"(r.yml: group "g1", rule 5, "T": annotation "y": template: __alert_T:1: function "foo" not defined)",
      R"(r.yml: 19:3: groupname: "g1" is repeated in the same file)",
      R"(r.yml: 21:3: Groupname must not be empty)",
      R"(r.yml: 0:0: group "", rule 1, "x": field 'expr' must be set in rule)",
  };
  CHECK(file.errors == expected);
}

TEST_CASE("a rule file with an unknown key or strategy is refused") {
  CHECK(Parse("groups:\n- name: g\n  foo: 1\n").errors == std::vector<std::string>{R"(r.yml:3: unknown key "foo")"});
  CHECK(Parse("groups:\n- name: g\n  partial_response_strategy: maybe\n").errors ==
        std::vector<std::string>{R"(r.yml: 2:3: group "g": unknown partial_response_strategy "maybe", expected "warn" or "abort")"});
  CHECK(Parse("- a\n").errors.size() == 1);
  CHECK(Parse("").errors.empty());
}

}  // namespace
}  // namespace epi::rules
