// A rule whose answer is a set of alerts.
//
//                     in the answer                    in the answer for `for`
//   (unknown) ───────────────────────────▶ pending ───────────────────────────▶ firing ◀─┐ in the answer, or gone for
//       ▲          (straight to firing       │ gone                               │  └───┘ less than `keep_firing_for`
//       │           without `for`)           ▼                                    │ gone
//       ├──────────────────────────────── forgotten                               ▼
//       └────────────────────────────────────────────────────────────────────  inactive, remembered for 15 minutes
//
// An alert is known by its labels: those of its series without the metric name, the rule's, and alertname.
//
// Threads:  none; one evaluation at a time.
// Errors:   of an evaluation: the query's; FailedPrecondition when two alerts have the same labels, or for more than `limit`.
//           Alerts are then as they were, except that a limit exceeded forgets all.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/labels/labels.h"
#include "common/rules/alert_text.h"
#include "common/rules/query.h"
#include "common/rules/rule_file.h"

namespace epi::rules {

// Resolved alerts are remembered for so long, so that whoever missed their end can still be told.
inline constexpr std::chrono::milliseconds kResolvedRetention = std::chrono::minutes(15);

enum class AlertState : uint8_t { kInactive, kPending, kFiring };
// "inactive", "pending", "firing".
std::string_view AlertStateText(AlertState state);

struct Alert {
  labels::Labels labels;
  std::map<std::string, std::string> annotations;
  AlertState state = AlertState::kPending;
  double value = 0;
  int64_t active_at_ms = 0;
  int64_t fired_at_ms = 0;
  int64_t resolved_at_ms = 0;         // 0 while active.
  int64_t keep_firing_since_ms = 0;   // 0 while in the answer.
};

class AlertingRule {
 public:
  // `labels` are the group's and the rule's own, merged.
  AlertingRule(const Rule& rule, std::map<std::string, std::string> labels, int64_t limit, labels::Labels external_labels);

  // Brings the alerts up to date and returns the samples to store, at `t_ms`: ALERTS and ALERTS_FOR_STATE of all that are
  // pending or firing. `environment` answers the queries, at its own time.
  Result<promql::Vector> Evaluate(const TemplateEnvironment& environment, int64_t t_ms);

  const std::string& name() const { return rule_.alert; }
  // Pending and firing, ordered by labels.
  std::vector<Alert> ActiveAlerts() const;

 private:
  using Alerts = std::unordered_map<labels::Labels, Alert, labels::LabelsHash>;

  Result<Alerts> FindAlerts(const TemplateEnvironment& environment, int64_t t_ms) const;
  Result<Alert> MakeAlert(const promql::VectorSample& sample, const TemplateEnvironment& environment, int64_t t_ms) const;
  // The next state of one alert; false when it is to be forgotten.
  bool Advance(Alert* alert, bool found, int64_t t_ms) const;
  void AppendSamples(const Alert& alert, int64_t t_ms, promql::Vector* samples) const;

  const Rule rule_;
  const std::map<std::string, std::string> labels_;
  const int64_t limit_;
  const labels::Labels external_labels_;
  Alerts alerts_;
};

}  // namespace epi::rules
