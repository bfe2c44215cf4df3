// A file of rule tests, as promtool's: which rule files, and groups of tests over series that are written down.
//
//   rule_files: [rules.yml]             relative to the test file; * and ? are understood
//   evaluation_interval: 1m
//   group_eval_order: [first, second]
//   fuzzy_compare: false                 true: values may differ in the last bit
//   tests:
//   - name: a name
//     interval: 1m
//     input_series: [{series: up{job="x"}, values: 1 1 0x10}]
//     external_labels: {…}   external_url: …
//     alert_rule_test:   [{eval_time: 5m, alertname: Down, exp_alerts: [{exp_labels: {…}, exp_annotations: {…}}]}]
//     promql_expr_test:  [{expr: up, eval_time: 5m, exp_samples: [{labels: up{job="x"}, value: 0}]}]     or histogram: {{…}}
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/status.h"

namespace epi::hub {

struct InputSeries {
  std::string series;
  std::string values;
};

struct ExpectedAlert {
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
};

struct AlertTest {
  std::chrono::milliseconds eval_time{0};
  std::string alert_name;
  std::vector<ExpectedAlert> expected;
};

struct ExpectedSample {
  std::string labels;
  double value = 0;
  std::string histogram;
};

struct ExprTest {
  std::string expr;
  std::chrono::milliseconds eval_time{0};
  std::vector<ExpectedSample> expected;
};

struct RuleTestGroup {
  std::string name;
  std::optional<std::chrono::milliseconds> interval;  // Of the input; the file's evaluation interval if not given.
  std::vector<InputSeries> input;
  std::vector<AlertTest> alert_tests;
  std::vector<ExprTest> expr_tests;
  std::map<std::string, std::string> external_labels;
  std::string external_url;
  int64_t start_ms = 0;
};

struct RuleTestFile {
  std::vector<std::string> rule_files;  // Found and named as from the working directory.
  std::vector<std::string> missing;     // Patterns that match no file.
  std::chrono::milliseconds evaluation_interval{std::chrono::minutes(1)};
  std::vector<std::string> group_order;
  bool fuzzy_compare = false;
  std::vector<RuleTestGroup> tests;
};

// Errors: InvalidArgument "path:line: …"; NotFound.
Result<RuleTestFile> ReadRuleTestFile(const std::string& path);

}  // namespace epi::hub
