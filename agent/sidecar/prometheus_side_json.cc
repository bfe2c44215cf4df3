#include "agent/sidecar/prometheus_side_json.h"

#include <simdjson.h>

#include <cmath>
#include <utility>

#include "common/base/str_cat.h"
#include "common/base/time_format.h"
#include "common/promql/literal.h"

namespace epi::agent {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

Status NotJson(std::string_view what) { return DataLossError(StrCat("answer is not the JSON it should be: ", what)); }

// These answers are small and their members come in any order, so they are read as a tree.
Result<element> OpenData(const std::string& body, simdjson::dom::parser* parser) {
  element root;
  if (const auto error = parser->parse(body).get(root)) return NotJson(simdjson::error_message(error));
  std::string_view status;
  if (root["status"].get(status)) return NotJson("no status");
  if (status != "success") {
    std::string_view why = "no reason given";
    [[maybe_unused]] const auto missing = root["error"].get(why);
    return UnavailableError(std::string(why));
  }
  element data;
  if (root["data"].get(data)) return NotJson("no data");
  return data;
}

// A member that may be missing.
std::string Text(const element& from, std::string_view key) {
  std::string_view text;
  return from[key].get(text) ? std::string() : std::string(text);
}

double Number(const element& from, std::string_view key) {
  double number = 0;
  return from[key].get(number) || !std::isfinite(number) ? 0 : number;
}

int64_t TimeMs(const element& from, std::string_view key) {
  const auto time = ParseRfc3339Ms(Text(from, key));
  return time.ok() ? *time : 0;
}

Result<labels::Labels> LabelsIn(const element& from, std::string_view key) {
  object members;
  if (from[key].get(members)) return labels::Labels();
  std::vector<labels::Label> pairs;
  for (const auto& member : members) {
    std::string_view value;
    if (member.value.get(value)) return NotJson(StrCat("a label of ", key, " is no text"));
    pairs.push_back({member.key, value});
  }
  return labels::Labels::FromUnsorted(std::move(pairs));
}

Result<storeapi::RuleState> ReadRule(const element& from) {
  storeapi::RuleState rule{.name = Text(from, "name"), .query = Text(from, "query"), .labels = TRY(LabelsIn(from, "labels"))};
  rule.is_alert = Text(from, "type") == "alerting";
  rule.health = Text(from, "health");
  rule.last_error = Text(from, "lastError");
  rule.evaluation_seconds = Number(from, "evaluationTime");
  rule.last_evaluation_ms = TimeMs(from, "lastEvaluation");
  if (!rule.is_alert) return rule;
  rule.state = Text(from, "state");
  rule.hold_seconds = Number(from, "duration");
  rule.keep_firing_seconds = Number(from, "keepFiringFor");
  rule.annotations = TRY(LabelsIn(from, "annotations"));
  array alerts;
  if (from["alerts"].get(alerts)) return rule;
  for (const element alert : alerts) {
    rule.alerts.push_back({TRY(LabelsIn(alert, "labels")), TRY(LabelsIn(alert, "annotations")), Text(alert, "state"),
                           TimeMs(alert, "activeAt"), Text(alert, "value")});
  }
  return rule;
}

Result<storeapi::RuleGroupState> ReadGroup(const element& from) {
  storeapi::RuleGroupState group{.name = Text(from, "name"), .file = Text(from, "file")};
  array rules;
  if (from["rules"].get(rules)) return NotJson("a group without rules");
  for (const element rule : rules) group.rules.push_back(TRY(ReadRule(rule)));
  group.interval_seconds = Number(from, "interval");
  group.limit = static_cast<int64_t>(Number(from, "limit"));
  group.evaluation_seconds = Number(from, "evaluationTime");
  group.last_evaluation_ms = TimeMs(from, "lastEvaluation");
  return group;
}

Result<storeapi::TargetState> ReadTarget(const element& from) {
  storeapi::TargetState target{.discovered = TRY(LabelsIn(from, "discoveredLabels")), .labels = TRY(LabelsIn(from, "labels"))};
  target.scrape_pool = Text(from, "scrapePool");
  target.scrape_url = Text(from, "scrapeUrl");
  target.global_url = Text(from, "globalUrl");
  target.last_error = Text(from, "lastError");
  target.last_scrape_ms = TimeMs(from, "lastScrape");
  target.last_scrape_seconds = Number(from, "lastScrapeDuration");
  target.health = Text(from, "health");
  return target;
}

}  // namespace

Result<std::vector<storeapi::RuleGroupState>> ParseRules(const std::string& body) {
  simdjson::dom::parser parser;
  const element data = TRY(OpenData(body, &parser));
  array groups;
  if (data["groups"].get(groups)) return NotJson("no groups");
  std::vector<storeapi::RuleGroupState> result;
  for (const element group : groups) result.push_back(TRY(ReadGroup(group)));
  return result;
}

Result<storeapi::Targets> ParseTargets(const std::string& body) {
  simdjson::dom::parser parser;
  const element data = TRY(OpenData(body, &parser));
  storeapi::Targets targets;
  array active;
  if (!data["activeTargets"].get(active)) {
    for (const element target : active) targets.active.push_back(TRY(ReadTarget(target)));
  }
  array dropped;
  if (!data["droppedTargets"].get(dropped)) {
    for (const element target : dropped) targets.dropped.push_back(TRY(LabelsIn(target, "discoveredLabels")));
  }
  return targets;
}

Result<storeapi::MetricMetas> ParseMetadata(const std::string& body) {
  simdjson::dom::parser parser;
  const element data = TRY(OpenData(body, &parser));
  object metrics;
  if (data.get(metrics)) return NotJson("metadata is no object");
  storeapi::MetricMetas result;
  for (const auto& metric : metrics) {
    array metas;
    if (metric.value.get(metas)) return NotJson("metadata of a metric is no list");
    std::vector<storeapi::MetricMeta>& out = result[std::string(metric.key)];
    for (const element meta : metas) out.push_back({Text(meta, "type"), Text(meta, "help"), Text(meta, "unit")});
  }
  return result;
}

Result<std::vector<storeapi::ExemplarSeries>> ParseExemplars(const std::string& body) {
  simdjson::dom::parser parser;
  const element data = TRY(OpenData(body, &parser));
  std::vector<storeapi::ExemplarSeries> result;
  array all;
  // Without exemplars some versions answer null.
  if (data.get(all)) return result;
  for (const element series : all) {
    storeapi::ExemplarSeries out{.labels = TRY(LabelsIn(series, "seriesLabels"))};
    array exemplars;
    if (series["exemplars"].get(exemplars)) return NotJson("a series without exemplars");
    for (const element exemplar : exemplars) {
      const double value = TRY(promql::ParseNumber(Text(exemplar, "value")));
      out.exemplars.push_back({TRY(LabelsIn(exemplar, "labels")), value, std::llround(Number(exemplar, "timestamp") * 1000)});
    }
    result.push_back(std::move(out));
  }
  return result;
}

}  // namespace epi::agent
