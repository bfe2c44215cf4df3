// Rules, alerts, targets, metadata and exemplars as the JSON of Prometheus' HTTP API.
//
// Threads: pure functions.
#pragma once

#include <string>
#include <vector>

#include "common/storeapi/side_types.h"

namespace epi::api {

// {"groups":[{"name":…,"file":…,"rules":[…],"interval":…,"limit":…,"evaluationTime":…,"lastEvaluation":…}]}
std::string RuleGroupsJson(const std::vector<storeapi::RuleGroupState>& groups, bool with_alerts);
// {"alerts":[{"labels":…,"annotations":…,"state":…,"activeAt":…,"value":…}]}
std::string AlertsJson(const std::vector<storeapi::RuleGroupState>& groups);
// {"activeTargets":[…],"droppedTargets":[…],"droppedTargetCounts":{…}}, the counts by scrape pool.
std::string TargetsJson(const storeapi::Targets& targets);
// {"metric":[{"type":…,"help":…,"unit":…}]}; limits of -1: none.
std::string MetadataJson(const storeapi::MetricMetas& metas, int64_t limit, int64_t limit_per_metric);
// [{"seriesLabels":…,"exemplars":[{"labels":…,"value":…,"timestamp":…}]}]
std::string ExemplarsJson(const std::vector<storeapi::ExemplarSeries>& all);

}  // namespace epi::api
