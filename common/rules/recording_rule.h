// A rule whose answer becomes new series.
#pragma once

#include <map>
#include <string>

#include "common/rules/query.h"
#include "common/rules/rule_file.h"

namespace epi::rules {

class RecordingRule {
 public:
  // `labels` are the group's and the rule's own, merged.
  RecordingRule(const Rule& rule, std::map<std::string, std::string> labels, int64_t limit);

  // The samples to store, at `t_ms`. The expression is evaluated at `query_t_ms`.
  // Errors: the query's; FailedPrecondition when two series become one, or for more than `limit`.
  Result<promql::Vector> Evaluate(const Context& ctx, const QueryFunction& query, int64_t query_t_ms, int64_t t_ms) const;

 private:
  const std::string name_;
  const std::string expr_;
  const std::map<std::string, std::string> labels_;
  const int64_t limit_;
};

}  // namespace epi::rules
