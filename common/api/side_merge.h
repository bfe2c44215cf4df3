// One view of what several replicas report.
//
// Alerts get the labels of their rule that they lack: those are external labels, which alerts themselves do not have on the wire. With
// replica labels taken off, what is equal but for its last evaluation or scrape is one: rules of the same group, targets of the
// same labels and URL, exemplars of the same series.
//
// Contract: results are ordered: groups by file and name, rules as in their group, targets and exemplars by labels.
// Threads:  pure functions.
#pragma once

#include <string>
#include <vector>

#include "common/storeapi/side_types.h"

namespace epi::api {

// Of equal rules the one whose alerts are the worst stays, then the one evaluated last; alerts of both are kept.
std::vector<storeapi::RuleGroupState> MergeRuleGroups(std::vector<storeapi::RuleGroupState> groups,
                                                      const std::vector<std::string>& replica_labels);
// Of equal targets the one scraped last stays.
storeapi::Targets MergeTargets(storeapi::Targets targets, const std::vector<std::string>& replica_labels);
// Exemplars ordered by time, each once.
std::vector<storeapi::ExemplarSeries> MergeExemplars(std::vector<storeapi::ExemplarSeries> all,
                                                     const std::vector<std::string>& replica_labels);

}  // namespace epi::api
