// Reads files of recording and alerting rules.
//
//   groups:
//   - name: frontend
//     interval: 1m                  optional; also limit, query_offset, labels
//     rules:
//     - record: job:up:sum          or alert: Down, for: 5m, keep_firing_for: 10m, annotations: {…}
//       expr: sum by (job) (up)
//       labels: {team: web}
//
// Contract: everything is checked: expressions, names, label names, templates. Errors are all listed, in Prometheus' words.
// Threads:  functions and values.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "common/promql/options.h"

namespace epi::rules {

struct Rule {
  std::string record;  // Either this
  std::string alert;   // or this.
  std::string expr;
  std::chrono::milliseconds hold{0};             // for
  std::chrono::milliseconds keep_firing_for{0};
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;

  const std::string& name() const { return record.empty() ? alert : record; }
};

struct RuleGroup {
  std::string file;
  std::string name;
  std::optional<std::chrono::milliseconds> interval;
  std::chrono::milliseconds query_offset{0};
  int64_t limit = 0;  // Series or alerts one rule may make; 0 = any number.
  // Thanos': whether an incomplete answer fails a rule ("abort") or is evaluated with a warning ("warn").
  std::string partial_response_strategy;
  std::map<std::string, std::string> labels;  // Of every rule; a rule's own win.
  std::vector<Rule> rules;
};

struct RuleFile {
  std::vector<RuleGroup> groups;
  std::vector<std::string> errors;  // "path: line:column: group "g", rule 1, "name": what is wrong". Empty: groups are sound.
};

RuleFile ParseRuleFile(std::string_view text, const std::string& path, const promql::Features& features);

}  // namespace epi::rules
