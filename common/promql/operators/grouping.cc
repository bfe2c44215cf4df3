#include "common/promql/operators/grouping.h"

namespace epi::promql {

Grouping::Grouping(const AggregateExpr& aggregate) : without_(aggregate.without), names_(aggregate.grouping) {
  if (without_) names_.emplace_back(labels::kMetricName);
}

uint32_t Grouping::GroupOf(const SeriesMeta& series) {
  std::string key;
  if (without_) {
    series.labels.AppendWithout(names_, &key);
  } else if (!names_.empty()) {
    series.labels.AppendOnly(names_, &key);
  }
  if (!groups_.empty() && key == key_) return last_;
  const auto [it, added] = known_.try_emplace(key, static_cast<uint32_t>(groups_.size()));
  if (added) groups_.push_back({labels::Labels::FromEncoded(key), false});
  key_ = std::move(key);
  last_ = it->second;
  return last_;
}

}  // namespace epi::promql
