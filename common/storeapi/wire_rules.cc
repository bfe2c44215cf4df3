#include <utility>

#include "common/storeapi/wire_labels.h"
#include "common/storeapi/wire_side.h"
#include "proto/rules.pb.h"

namespace epi::storeapi {
namespace {

thanos::AlertState StateOf(std::string_view text) {
  if (text == "firing") return thanos::FIRING;
  if (text == "pending") return thanos::PENDING;
  return text == "inactive" ? thanos::INACTIVE : thanos::UNKNOWN;
}

std::string StateText(thanos::AlertState state) {
  switch (state) {
    case thanos::FIRING: return "firing";
    case thanos::PENDING: return "pending";
    case thanos::INACTIVE: return "inactive";
    default: return "unknown";
  }
}

void Fill(const AlertInstance& alert, thanos::AlertInstance* out) {
  FillLabels(alert.labels, out->mutable_labels());
  FillLabels(alert.annotations, out->mutable_annotations());
  out->set_state(StateOf(alert.state));
  FillTime(alert.active_at_ms, out->mutable_active_at());
  out->set_value(alert.value);
}

// What both kinds of rules have.
template <typename Message>
void FillCommon(const RuleState& rule, Message* out) {
  out->set_name(rule.name);
  out->set_query(rule.query);
  FillLabels(rule.labels, out->mutable_labels());
  out->set_health(rule.health);
  out->set_last_error(rule.last_error);
  out->set_evaluation_duration_seconds(rule.evaluation_seconds);
  FillTime(rule.last_evaluation_ms, out->mutable_last_evaluation());
}

void Fill(const RuleState& rule, thanos::Rule* out) {
  if (!rule.is_alert) return FillCommon(rule, out->mutable_recording());
  thanos::Alert* alert = out->mutable_alert();
  FillCommon(rule, alert);
  alert->set_state(StateOf(rule.state));
  alert->set_duration_seconds(rule.hold_seconds);
  alert->set_keep_firing_for_seconds(rule.keep_firing_seconds);
  FillLabels(rule.annotations, alert->mutable_annotations());
  for (const AlertInstance& instance : rule.alerts) Fill(instance, alert->add_alerts());
}

template <typename Message>
Result<RuleState> CommonOf(const Message& message) {
  RuleState rule{.name = message.name(), .query = message.query(), .labels = TRY(LabelsOf(message.labels()))};
  rule.health = message.health();
  rule.last_error = message.last_error();
  rule.evaluation_seconds = message.evaluation_duration_seconds();
  rule.last_evaluation_ms = TimeOf(message.last_evaluation());
  return rule;
}

Result<RuleState> RuleOf(const thanos::Rule& message) {
  if (!message.has_alert()) return CommonOf(message.recording());
  const thanos::Alert& alert = message.alert();
  RuleState rule = TRY(CommonOf(alert));
  rule.is_alert = true;
  rule.state = StateText(alert.state());
  rule.hold_seconds = alert.duration_seconds();
  rule.keep_firing_seconds = alert.keep_firing_for_seconds();
  rule.annotations = TRY(LabelsOf(alert.annotations()));
  for (const thanos::AlertInstance& instance : alert.alerts()) {
    rule.alerts.push_back({TRY(LabelsOf(instance.labels())), TRY(LabelsOf(instance.annotations())), StateText(instance.state()),
                           TimeOf(instance.active_at()), instance.value()});
  }
  return rule;
}

}  // namespace

std::string SerializeRequest(const RulesRequest& request) {
  thanos::RulesRequest message;
  message.set_type(static_cast<thanos::RulesRequest::Type>(request.kind));
  message.set_partial_response_strategy(request.partial_response ? thanos::WARN : thanos::ABORT);
  return message.SerializeAsString();
}

Status ParseRequest(std::string_view bytes, RulesRequest* out) {
  const auto message = TRY(ParseMessage<thanos::RulesRequest>(bytes));
  const int type = message.type();
  out->kind = type == thanos::RulesRequest::ALERT ? RuleKind::kAlert : type == thanos::RulesRequest::RECORD ? RuleKind::kRecord : RuleKind::kAll;
  out->partial_response = message.partial_response_strategy() == thanos::WARN;
  return OkStatus();
}

std::string SerializeResponse(const RuleGroupState& group) {
  thanos::RulesResponse message;
  thanos::RuleGroup* out = message.mutable_group();
  out->set_name(group.name);
  out->set_file(group.file);
  for (const RuleState& rule : group.rules) Fill(rule, out->add_rules());
  out->set_interval(group.interval_seconds);
  out->set_limit(group.limit);
  out->set_evaluation_duration_seconds(group.evaluation_seconds);
  FillTime(group.last_evaluation_ms, out->mutable_last_evaluation());
  return message.SerializeAsString();
}

Status ParseResponse(std::string_view bytes, RuleGroupState* out, std::string* warning) {
  const auto message = TRY(ParseMessage<thanos::RulesResponse>(bytes));
  *warning = message.warning();
  const thanos::RuleGroup& group = message.group();
  *out = {.name = group.name(), .file = group.file()};
  for (const thanos::Rule& rule : group.rules()) out->rules.push_back(TRY(RuleOf(rule)));
  out->interval_seconds = group.interval();
  out->limit = group.limit();
  out->evaluation_seconds = group.evaluation_duration_seconds();
  out->last_evaluation_ms = TimeOf(group.last_evaluation());
  return OkStatus();
}

// The warning has the same number in all four.
std::string SerializeWarning(std::string_view warning) {
  thanos::RulesResponse message;
  message.set_warning(std::string(warning));
  return message.SerializeAsString();
}

}  // namespace epi::storeapi
