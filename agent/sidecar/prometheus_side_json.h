// Reads Prometheus' answers about rules, targets, metadata of metrics and exemplars.
//
// Contract: parts that a version of Prometheus does not have stay empty.
// Errors:   DataLoss for what is no JSON or lacks a part that every version has; Unavailable with Prometheus' text for its errors.
#pragma once

#include <string>
#include <vector>

#include "common/base/status.h"
#include "common/storeapi/side_types.h"

namespace epi::agent {

Result<std::vector<storeapi::RuleGroupState>> ParseRules(const std::string& body);
Result<storeapi::Targets> ParseTargets(const std::string& body);
Result<storeapi::MetricMetas> ParseMetadata(const std::string& body);
Result<std::vector<storeapi::ExemplarSeries>> ParseExemplars(const std::string& body);

}  // namespace epi::agent
