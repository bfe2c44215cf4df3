#include "common/promql/operators/match_keys.h"

namespace epi::promql {

MatchKeys::MatchKeys(const VectorMatching& matching) : on_(matching.on), names_(matching.labels) {
  if (!on_) names_.emplace_back(labels::kMetricName);
}

std::vector<uint32_t> MatchKeys::KeysOf(const std::vector<SeriesMeta>& series) {
  std::vector<uint32_t> keys;
  keys.reserve(series.size());
  for (const SeriesMeta& one : series) {
    labels::Labels group = on_ ? one.labels.Only(names_) : one.labels.Without(names_);
    const auto [it, added] = keys_.try_emplace(std::string(group.encoded()), static_cast<uint32_t>(labels_.size()));
    if (added) labels_.push_back(std::move(group));
    keys.push_back(it->second);
  }
  return keys;
}

}  // namespace epi::promql
