#include "common/rules/recording_rule.h"

#include <unordered_set>
#include <utility>

#include "common/base/str_cat.h"

namespace epi::rules {

RecordingRule::RecordingRule(const Rule& rule, std::map<std::string, std::string> labels, int64_t limit)
    : name_(rule.record), expr_(rule.expr), labels_(std::move(labels)), limit_(limit) {}

Result<promql::Vector> RecordingRule::Evaluate(const Context& ctx, const QueryFunction& query, int64_t query_t_ms,
                                               int64_t t_ms) const {
  promql::Vector vector = TRY(query(ctx, expr_, query_t_ms));
  std::unordered_set<labels::Labels, labels::LabelsHash> seen;
  for (promql::VectorSample& sample : vector) {
    labels::LabelsBuilder builder(sample.labels);
    builder.Set(labels::kMetricName, name_);
    for (const auto& [name, value] : labels_) builder.Set(name, value);
    sample.labels = builder.Build();
    sample.t_ms = t_ms;
    if (!seen.insert(sample.labels).second) {
      return FailedPreconditionError("vector contains metrics with the same labelset after applying rule labels");
    }
  }
  if (limit_ > 0 && vector.size() > static_cast<size_t>(limit_)) {
    return FailedPreconditionError(StrCat("exceeded limit of ", limit_, " with ", vector.size(), " series"));
  }
  return vector;
}

}  // namespace epi::rules
