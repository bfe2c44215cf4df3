#include "common/rules/alerting_rule.h"

#include <algorithm>
#include <utility>

#include "common/base/str_cat.h"

namespace epi::rules {
namespace {

constexpr std::string_view kAlertName = "alertname";
constexpr std::string_view kAlertState = "alertstate";
constexpr std::string_view kAlerts = "ALERTS";
constexpr std::string_view kAlertsForState = "ALERTS_FOR_STATE";

}  // namespace

std::string_view AlertStateText(AlertState state) {
  switch (state) {
    case AlertState::kInactive: return "inactive";
    case AlertState::kPending: return "pending";
    case AlertState::kFiring: return "firing";
  }
  return "";
}

AlertingRule::AlertingRule(const Rule& rule, std::map<std::string, std::string> labels, int64_t limit, labels::Labels external_labels)
    : rule_(rule), labels_(std::move(labels)), limit_(limit), external_labels_(std::move(external_labels)) {}

Result<Alert> AlertingRule::MakeAlert(const promql::VectorSample& sample, const TemplateEnvironment& environment,
                                      int64_t t_ms) const {
  const AlertTextData data{sample, external_labels_};
  const auto expand = [&](const std::string& text) { return ExpandAlertText(rule_.alert, text, data, environment); };
  labels::LabelsBuilder builder(sample.labels);
  builder.Del(labels::kMetricName);
  for (const auto& [name, text] : labels_) builder.Set(name, expand(text));
  builder.Set(kAlertName, rule_.alert);
  Alert alert{.labels = builder.Build(), .value = sample.value, .active_at_ms = t_ms};
  for (const auto& [name, text] : rule_.annotations) alert.annotations[name] = expand(text);
  RETURN_IF_ERROR(environment.ctx.Check());
  return alert;
}

Result<AlertingRule::Alerts> AlertingRule::FindAlerts(const TemplateEnvironment& environment, int64_t t_ms) const {
  Alerts found;
  for (const promql::VectorSample& sample : TRY(environment.query(environment.ctx, rule_.expr, environment.t_ms))) {
    Alert alert = TRY(MakeAlert(sample, environment, t_ms));
    const labels::Labels key = alert.labels;
    if (!found.emplace(key, std::move(alert)).second) {
      return FailedPreconditionError("vector contains metrics with the same labelset after applying alert labels");
    }
  }
  return found;
}

bool AlertingRule::Advance(Alert* alert, bool found, int64_t t_ms) const {
  if (found) {
    alert->keep_firing_since_ms = 0;
  } else {
    if (alert->state == AlertState::kFiring && rule_.keep_firing_for.count() > 0) {
      if (alert->keep_firing_since_ms == 0) alert->keep_firing_since_ms = t_ms;
      if (t_ms - alert->keep_firing_since_ms < rule_.keep_firing_for.count()) return true;
    }
    if (alert->state == AlertState::kPending) return false;
    if (alert->state == AlertState::kInactive) return t_ms - alert->resolved_at_ms <= kResolvedRetention.count();
    alert->state = AlertState::kInactive;
    alert->resolved_at_ms = t_ms;
    return true;
  }
  if (alert->state == AlertState::kPending && t_ms - alert->active_at_ms >= rule_.hold.count()) {
    alert->state = AlertState::kFiring;
    alert->fired_at_ms = t_ms;
  }
  return true;
}

Result<promql::Vector> AlertingRule::Evaluate(const TemplateEnvironment& environment, int64_t t_ms) {
  Alerts found = TRY(FindAlerts(environment, t_ms));
  for (const auto& [key, alert] : found) {
    const auto known = alerts_.find(key);
    if (known != alerts_.end() && known->second.state != AlertState::kInactive) {
      known->second.value = alert.value;
      known->second.annotations = alert.annotations;
    } else {
      alerts_[key] = alert;
    }
  }
  for (auto entry = alerts_.begin(); entry != alerts_.end();) {
    entry = Advance(&entry->second, found.contains(entry->first), t_ms) ? std::next(entry) : alerts_.erase(entry);
  }
  const std::vector<Alert> active = ActiveAlerts();
  if (limit_ > 0 && active.size() > static_cast<size_t>(limit_)) {
    alerts_.clear();
    return FailedPreconditionError(StrCat("exceeded limit of ", limit_, " with ", active.size(), " alerts"));
  }
  promql::Vector samples;
  for (const Alert& alert : active) AppendSamples(alert, t_ms, &samples);
  return samples;
}

void AlertingRule::AppendSamples(const Alert& alert, int64_t t_ms, promql::Vector* samples) const {
  labels::LabelsBuilder builder(alert.labels);
  builder.Set(labels::kMetricName, kAlertsForState);
  samples->push_back({.labels = builder.Build(), .t_ms = t_ms, .value = static_cast<double>(alert.active_at_ms / 1000)});
  builder.Set(labels::kMetricName, kAlerts).Set(kAlertState, AlertStateText(alert.state));
  samples->push_back({.labels = builder.Build(), .t_ms = t_ms, .value = 1});
}

std::vector<Alert> AlertingRule::ActiveAlerts() const {
  std::vector<Alert> active;
  for (const auto& [key, alert] : alerts_) {
    if (alert.state != AlertState::kInactive) active.push_back(alert);
  }
  std::sort(active.begin(), active.end(), [](const Alert& a, const Alert& b) { return labels::Labels::Compare(a.labels, b.labels) < 0; });
  return active;
}

}  // namespace epi::rules
