#include "common/rules/group.h"

#include <bit>
#include <utility>

#include "common/series/sample.h"

namespace epi::rules {

Group::Group(RuleGroup group, GroupOptions options) : group_(std::move(group)), options_(std::move(options)) {
  for (const Rule& rule : group_.rules) states_.push_back(MakeState(rule));
}

Group::State Group::MakeState(const Rule& rule) const {
  std::map<std::string, std::string> labels = rule.labels;
  labels.insert(group_.labels.begin(), group_.labels.end());
  if (!rule.record.empty()) return {RecordingRule(rule, std::move(labels), group_.limit), {}};
  return {AlertingRule(rule, std::move(labels), group_.limit, options_.external_labels), {}};
}

Result<promql::Vector> Group::EvaluateRule(const Context& ctx, State* state, int64_t t_ms) const {
  const int64_t query_t_ms = t_ms - group_.query_offset.count();
  if (const auto* recording = std::get_if<RecordingRule>(&state->rule)) {
    return recording->Evaluate(ctx, options_.query, query_t_ms, t_ms);
  }
  const TemplateEnvironment environment{ctx, options_.query, query_t_ms, options_.external_url};
  return std::get<AlertingRule>(state->rule).Evaluate(environment, t_ms);
}

// A sample that cannot be stored does not keep the others from it; the last error is reported.
Status Group::Store(const promql::Vector& samples, int64_t t_ms, State* state, SampleSink* sink) {
  Status error;
  std::set<labels::Labels> stored;
  const auto append = [&](const promql::VectorSample& sample) {
    if (Status status = sink->Append(sample); !status.ok()) error = std::move(status);
  };
  for (const promql::VectorSample& sample : samples) {
    append(sample);
    stored.insert(sample.labels);
  }
  for (const labels::Labels& before : state->stored) {
    if (!stored.contains(before)) append({.labels = before, .t_ms = t_ms, .value = std::bit_cast<double>(series::kStaleNanBits)});
  }
  state->stored = std::move(stored);
  return error;
}

std::vector<RuleOutcome> Group::Evaluate(const Context& ctx, int64_t t_ms, SampleSink* sink) {
  std::vector<RuleOutcome> outcomes;
  for (size_t i = 0; i < states_.size(); ++i) {
    const auto samples = EvaluateRule(ctx, &states_[i], t_ms);
    outcomes.push_back({group_.rules[i].name(), samples.ok() ? Store(*samples, t_ms, &states_[i], sink) : samples.status()});
  }
  return outcomes;
}

std::vector<Alert> Group::ActiveAlerts(std::string_view alert_name) const {
  std::vector<Alert> active;
  for (const State& state : states_) {
    const auto* rule = std::get_if<AlertingRule>(&state.rule);
    if (rule == nullptr || rule->name() != alert_name) continue;
    for (Alert& alert : rule->ActiveAlerts()) active.push_back(std::move(alert));
  }
  return active;
}

}  // namespace epi::rules
