// What Prometheus knows besides series, as it travels between components: rules, targets, metadata of metrics, exemplars.
//
// Units:   times are Unix milliseconds; durations are seconds, as in Prometheus' API.
// Threads: values.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/labels/labels.h"

namespace epi::storeapi {

struct AlertInstance {
  labels::Labels labels;
  labels::Labels annotations;
  std::string state;  // "inactive", "pending", "firing".
  int64_t active_at_ms = 0;
  std::string value;
  friend bool operator==(const AlertInstance&, const AlertInstance&) = default;
};

// A recording or an alerting rule; the last part is for alerting ones.
struct RuleState {
  bool is_alert = false;
  std::string name;
  std::string query;
  labels::Labels labels;
  std::string health;
  std::string last_error;
  double evaluation_seconds = 0;
  int64_t last_evaluation_ms = 0;

  std::string state;
  double hold_seconds = 0;
  double keep_firing_seconds = 0;
  labels::Labels annotations;
  std::vector<AlertInstance> alerts;
  friend bool operator==(const RuleState&, const RuleState&) = default;
};

struct RuleGroupState {
  std::string name;
  std::string file;
  std::vector<RuleState> rules;
  double interval_seconds = 0;
  int64_t limit = 0;
  double evaluation_seconds = 0;
  int64_t last_evaluation_ms = 0;
  friend bool operator==(const RuleGroupState&, const RuleGroupState&) = default;
};

struct TargetState {
  labels::Labels discovered;
  labels::Labels labels;
  std::string scrape_pool;
  std::string scrape_url;
  std::string global_url;
  std::string last_error;
  int64_t last_scrape_ms = 0;
  double last_scrape_seconds = 0;
  std::string health;  // "up", "down", "unknown".
  friend bool operator==(const TargetState&, const TargetState&) = default;
};

struct Targets {
  std::vector<TargetState> active;
  std::vector<labels::Labels> dropped;  // As discovered.
  friend bool operator==(const Targets&, const Targets&) = default;
};

struct MetricMeta {
  std::string type;
  std::string help;
  std::string unit;
  friend auto operator<=>(const MetricMeta&, const MetricMeta&) = default;
};
using MetricMetas = std::map<std::string, std::vector<MetricMeta>>;

struct Exemplar {
  labels::Labels labels;
  double value = 0;
  int64_t t_ms = 0;
  friend bool operator==(const Exemplar&, const Exemplar&) = default;
};

struct ExemplarSeries {
  labels::Labels labels;
  std::vector<Exemplar> exemplars;
  friend bool operator==(const ExemplarSeries&, const ExemplarSeries&) = default;
};

enum class RuleKind : uint8_t { kAll, kAlert, kRecord };
struct RulesRequest {
  RuleKind kind = RuleKind::kAll;
  bool partial_response = true;
};

enum class TargetKind : uint8_t { kAny, kActive, kDropped };
struct TargetsRequest {
  TargetKind kind = TargetKind::kAny;
  bool partial_response = true;
};

struct MetadataRequest {
  std::string metric;  // Empty: all.
  bool partial_response = true;
};

struct ExemplarsRequest {
  std::string query;
  int64_t start_ms = 0;
  int64_t end_ms = 0;
  bool partial_response = true;
};

}  // namespace epi::storeapi
