// A group of rules, evaluated together: one round runs them in order, each seeing what the ones before it have stored.
//
// Contract: a series that a rule made in the round before and does not make now gets a stale marker.
// Threads:  none; one round at a time.
// Errors:   a rule that fails does not stop the ones after it; its error is in its outcome.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "common/labels/labels.h"
#include "common/promql/value.h"
#include "common/rules/alerting_rule.h"
#include "common/rules/recording_rule.h"
#include "common/rules/rule_file.h"

namespace epi::rules {

// Where rules store what they make.
class SampleSink {
 public:
  virtual ~SampleSink() = default;
  virtual Status Append(const promql::VectorSample& sample) = 0;
};

struct GroupOptions {
  QueryFunction query;
  labels::Labels external_labels;
  std::string external_url;
};

struct RuleOutcome {
  std::string name;
  Status error;
};

class Group {
 public:
  Group(RuleGroup group, GroupOptions options);

  // One outcome per rule.
  std::vector<RuleOutcome> Evaluate(const Context& ctx, int64_t t_ms, SampleSink* sink);

  const RuleGroup& definition() const { return group_; }
  // Of all rules of that name in this group, pending and firing.
  std::vector<Alert> ActiveAlerts(std::string_view alert_name) const;

 private:
  struct State {
    std::variant<RecordingRule, AlertingRule> rule;
    std::set<labels::Labels> stored;  // Series of the last round that succeeded.
  };
  State MakeState(const Rule& rule) const;
  Result<promql::Vector> EvaluateRule(const Context& ctx, State* state, int64_t t_ms) const;
  static Status Store(const promql::Vector& samples, int64_t t_ms, State* state, SampleSink* sink);

  const RuleGroup group_;
  const GroupOptions options_;
  std::vector<State> states_;
};

}  // namespace epi::rules
