#include "common/promql/operators/grouping.h"

#include <unordered_map>

namespace epi::promql {

Grouping GroupSeries(const std::vector<SeriesMeta>& series, const AggregateExpr& aggregate) {
  std::vector<std::string> names = aggregate.grouping;
  if (aggregate.without) names.emplace_back(labels::kMetricName);
  Grouping grouping;
  grouping.group_of.reserve(series.size());
  std::unordered_map<std::string, uint32_t> known;
  for (const SeriesMeta& one : series) {
    labels::Labels key = aggregate.without ? one.labels.Without(names) : one.labels.Only(names);
    const auto [it, added] = known.try_emplace(std::string(key.encoded()), static_cast<uint32_t>(grouping.groups.size()));
    if (added) grouping.groups.push_back({std::move(key), false});
    grouping.group_of.push_back(it->second);
  }
  return grouping;
}

}  // namespace epi::promql
