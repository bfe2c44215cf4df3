#include "common/api/side_merge.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace epi::api {
namespace {

using storeapi::AlertInstance;
using storeapi::ExemplarSeries;
using storeapi::RuleGroupState;
using storeapi::RuleState;
using storeapi::TargetState;

int Severity(const std::string& state) {
  if (state == "firing") return 3;
  if (state == "pending") return 2;
  return state == "inactive" ? 1 : 0;
}

bool SameRule(const RuleState& a, const RuleState& b) {
  return std::tie(a.is_alert, a.name, a.query, a.labels, a.hold_seconds, a.keep_firing_seconds, a.annotations) ==
         std::tie(b.is_alert, b.name, b.query, b.labels, b.hold_seconds, b.keep_firing_seconds, b.annotations);
}

// An alert of both replicas is the one that has been active longer.
void MergeAlerts(std::vector<AlertInstance> more, std::vector<AlertInstance>* alerts) {
  for (AlertInstance& alert : more) {
    const auto known = std::find_if(alerts->begin(), alerts->end(), [&](const AlertInstance& a) { return a.labels == alert.labels; });
    if (known == alerts->end()) {
      alerts->push_back(std::move(alert));
    } else if (Severity(alert.state) > Severity(known->state) ||
               (alert.state == known->state && alert.active_at_ms < known->active_at_ms)) {
      *known = std::move(alert);
    }
  }
}

void MergeRule(RuleState rule, std::vector<RuleState>* rules) {
  const auto known = std::find_if(rules->begin(), rules->end(), [&](const RuleState& r) { return SameRule(r, rule); });
  if (known == rules->end()) {
    rules->push_back(std::move(rule));
    return;
  }
  std::vector<AlertInstance> alerts = std::move(known->alerts);
  MergeAlerts(std::move(rule.alerts), &alerts);
  if (std::pair(Severity(rule.state), rule.last_evaluation_ms) > std::pair(Severity(known->state), known->last_evaluation_ms)) {
    *known = std::move(rule);
  }
  known->alerts = std::move(alerts);
}

// A label that the rule makes by a template, and that came out empty, is none of those that are missing.
void AddRuleLabels(const labels::Labels& rule, labels::Labels* alert) {
  labels::LabelsBuilder builder(*alert);
  for (const labels::Label label : rule) {
    if (!alert->Has(label.name) && label.value.find("{{") == std::string_view::npos) builder.Set(label.name, label.value);
  }
  *alert = builder.Build();
}

void TakeOff(const std::vector<std::string>& replica_labels, labels::Labels* labels) { *labels = labels->Without(replica_labels); }

}  // namespace

std::vector<RuleGroupState> MergeRuleGroups(std::vector<RuleGroupState> groups, const std::vector<std::string>& replica_labels) {
  std::map<std::pair<std::string, std::string>, RuleGroupState> merged;
  for (RuleGroupState& group : groups) {
    for (RuleState& rule : group.rules) {
      for (AlertInstance& alert : rule.alerts) {
        AddRuleLabels(rule.labels, &alert.labels);
        TakeOff(replica_labels, &alert.labels);
      }
      TakeOff(replica_labels, &rule.labels);
    }
    const auto [known, is_new] = merged.try_emplace({group.file, group.name}, group);
    if (is_new) continue;
    for (RuleState& rule : group.rules) MergeRule(std::move(rule), &known->second.rules);
    if (group.last_evaluation_ms > known->second.last_evaluation_ms) {
      known->second.last_evaluation_ms = group.last_evaluation_ms;
      known->second.evaluation_seconds = group.evaluation_seconds;
    }
  }
  std::vector<RuleGroupState> result;
  for (auto& [key, group] : merged) result.push_back(std::move(group));
  return result;
}

storeapi::Targets MergeTargets(storeapi::Targets targets, const std::vector<std::string>& replica_labels) {
  std::map<std::tuple<labels::Labels, std::string, std::string>, TargetState> active;
  for (TargetState& target : targets.active) {
    TakeOff(replica_labels, &target.discovered);
    TakeOff(replica_labels, &target.labels);
    const auto [known, is_new] = active.try_emplace({target.labels, target.scrape_pool, target.scrape_url}, target);
    if (!is_new && target.last_scrape_ms > known->second.last_scrape_ms) known->second = std::move(target);
  }
  std::set<labels::Labels> dropped;
  for (labels::Labels& discovered : targets.dropped) dropped.insert(discovered.Without(replica_labels));
  storeapi::Targets result;
  for (auto& [key, target] : active) result.active.push_back(std::move(target));
  result.dropped.assign(dropped.begin(), dropped.end());
  return result;
}

std::vector<ExemplarSeries> MergeExemplars(std::vector<ExemplarSeries> all, const std::vector<std::string>& replica_labels) {
  const auto before = [](const storeapi::Exemplar& a, const storeapi::Exemplar& b) {
    return std::tie(a.t_ms, a.labels, a.value) < std::tie(b.t_ms, b.labels, b.value);
  };
  std::map<labels::Labels, std::vector<storeapi::Exemplar>> merged;
  for (ExemplarSeries& series : all) {
    TakeOff(replica_labels, &series.labels);
    std::move(series.exemplars.begin(), series.exemplars.end(), std::back_inserter(merged[series.labels]));
  }
  std::vector<ExemplarSeries> result;
  for (auto& [labels, exemplars] : merged) {
    std::sort(exemplars.begin(), exemplars.end(), before);
    exemplars.erase(std::unique(exemplars.begin(), exemplars.end()), exemplars.end());
    result.push_back({labels, std::move(exemplars)});
  }
  return result;
}

}  // namespace epi::api
