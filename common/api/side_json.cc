#include "common/api/side_json.h"

#include <map>

#include "common/base/go_float.h"
#include "common/base/json_writer.h"
#include "common/base/time_format.h"

namespace epi::api {
namespace {

constexpr JsonWriter::Options kGoJson{.indent = {}, .html = HtmlEscape::kYes};

// Go's encoding/json escapes more here than Prometheus does in query results.
void WriteLabels(JsonWriter* json, std::string_view key, const labels::Labels& labels) {
  json->Key(key).BeginObject();
  for (const labels::Label label : labels) json->Key(label.name).String(label.value);
  json->EndObject();
}

void WriteAlert(JsonWriter* json, const storeapi::AlertInstance& alert) {
  json->BeginObject();
  WriteLabels(json, "labels", alert.labels);
  WriteLabels(json, "annotations", alert.annotations);
  json->Key("state").String(alert.state);
  json->Key("activeAt").String(FormatRfc3339Ms(alert.active_at_ms)).Key("value").String(alert.value).EndObject();
}

void WriteAlerts(JsonWriter* json, const std::vector<storeapi::AlertInstance>& alerts) {
  json->BeginArray();
  for (const storeapi::AlertInstance& alert : alerts) WriteAlert(json, alert);
  json->EndArray();
}

void WriteRule(JsonWriter* json, const storeapi::RuleState& rule, bool with_alerts) {
  json->BeginObject();
  if (rule.is_alert) json->Key("state").String(rule.state);
  json->Key("name").String(rule.name).Key("query").String(rule.query);
  if (rule.is_alert) json->Key("duration").Double(rule.hold_seconds).Key("keepFiringFor").Double(rule.keep_firing_seconds);
  if (rule.is_alert || !rule.labels.empty()) WriteLabels(json, "labels", rule.labels);
  if (rule.is_alert) {
    WriteLabels(json, "annotations", rule.annotations);
    json->Key("alerts");
    WriteAlerts(json, with_alerts ? rule.alerts : std::vector<storeapi::AlertInstance>());
  }
  json->Key("health").String(rule.health);
  if (!rule.last_error.empty()) json->Key("lastError").String(rule.last_error);
  json->Key("evaluationTime").Double(rule.evaluation_seconds).Key("lastEvaluation").String(FormatRfc3339Ms(rule.last_evaluation_ms));
  json->Key("type").String(rule.is_alert ? "alerting" : "recording").EndObject();
}

void WriteTarget(JsonWriter* json, const storeapi::TargetState& target) {
  json->BeginObject();
  WriteLabels(json, "discoveredLabels", target.discovered);
  WriteLabels(json, "labels", target.labels);
  json->Key("scrapePool").String(target.scrape_pool).Key("scrapeUrl").String(target.scrape_url);
  json->Key("globalUrl").String(target.global_url).Key("lastError").String(target.last_error);
  json->Key("lastScrape").String(FormatRfc3339Ms(target.last_scrape_ms)).Key("lastScrapeDuration").Double(target.last_scrape_seconds);
  json->Key("health").String(target.health);
  // These are not on the wire; discovery has them.
  json->Key("scrapeInterval").String(target.discovered.Get("__scrape_interval__"));
  json->Key("scrapeTimeout").String(target.discovered.Get("__scrape_timeout__")).EndObject();
}

}  // namespace

std::string RuleGroupsJson(const std::vector<storeapi::RuleGroupState>& groups, bool with_alerts) {
  std::string data;
  JsonWriter json(&data, kGoJson);
  json.BeginObject().Key("groups").BeginArray();
  for (const storeapi::RuleGroupState& group : groups) {
    json.BeginObject().Key("name").String(group.name).Key("file").String(group.file).Key("rules").BeginArray();
    for (const storeapi::RuleState& rule : group.rules) WriteRule(&json, rule, with_alerts);
    json.EndArray().Key("interval").Double(group.interval_seconds).Key("limit").Int(group.limit);
    json.Key("evaluationTime").Double(group.evaluation_seconds);
    json.Key("lastEvaluation").String(FormatRfc3339Ms(group.last_evaluation_ms)).EndObject();
  }
  json.EndArray().EndObject();
  return data;
}

std::string AlertsJson(const std::vector<storeapi::RuleGroupState>& groups) {
  std::string data;
  JsonWriter json(&data, kGoJson);
  json.BeginObject().Key("alerts").BeginArray();
  for (const storeapi::RuleGroupState& group : groups) {
    for (const storeapi::RuleState& rule : group.rules) {
      for (const storeapi::AlertInstance& alert : rule.alerts) WriteAlert(&json, alert);
    }
  }
  json.EndArray().EndObject();
  return data;
}

std::string TargetsJson(const storeapi::Targets& targets) {
  std::string data;
  JsonWriter json(&data, kGoJson);
  json.BeginObject().Key("activeTargets").BeginArray();
  for (const storeapi::TargetState& target : targets.active) WriteTarget(&json, target);
  json.EndArray().Key("droppedTargets").BeginArray();
  std::map<std::string, int64_t> counts;
  for (const labels::Labels& dropped : targets.dropped) {
    json.BeginObject();
    WriteLabels(&json, "discoveredLabels", dropped);
    json.EndObject();
    ++counts[std::string(dropped.Get("job"))];
  }
  json.EndArray().Key("droppedTargetCounts").BeginObject();
  for (const auto& [pool, count] : counts) json.Key(pool).Int(count);
  json.EndObject().EndObject();
  return data;
}

std::string MetadataJson(const storeapi::MetricMetas& metas, int64_t limit, int64_t limit_per_metric) {
  std::string data;
  JsonWriter json(&data, kGoJson);
  json.BeginObject();
  int64_t metrics = 0;
  for (const auto& [name, entries] : metas) {
    if (limit >= 0 && metrics++ >= limit) break;
    json.Key(name).BeginArray();
    int64_t shown = 0;
    for (const storeapi::MetricMeta& meta : entries) {
      if (limit_per_metric > 0 && shown++ >= limit_per_metric) break;
      json.BeginObject().Key("type").String(meta.type).Key("help").String(meta.help).Key("unit").String(meta.unit).EndObject();
    }
    json.EndArray();
  }
  json.EndObject();
  return data;
}

std::string ExemplarsJson(const std::vector<storeapi::ExemplarSeries>& all) {
  std::string data;
  JsonWriter json(&data, kGoJson);
  json.BeginArray();
  for (const storeapi::ExemplarSeries& series : all) {
    json.BeginObject();
    WriteLabels(&json, "seriesLabels", series.labels);
    json.Key("exemplars").BeginArray();
    for (const storeapi::Exemplar& exemplar : series.exemplars) {
      json.BeginObject();
      WriteLabels(&json, "labels", exemplar.labels);
      std::string number;
      AppendSampleValue(&number, exemplar.value);
      json.Key("value").String(number);
      number.clear();
      AppendTimestampMs(&number, exemplar.t_ms);
      json.Key("timestamp").Raw(number).EndObject();
    }
    json.EndArray().EndObject();
  }
  json.EndArray();
  return data;
}

}  // namespace epi::api
