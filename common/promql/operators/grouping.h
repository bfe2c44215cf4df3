// Groups of an aggregation: by(…) or without(…), worked out once per input series.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/promql/ast.h"
#include "common/promql/operators/vector_operator.h"

namespace epi::promql {

class Grouping {
 public:
  explicit Grouping(const AggregateExpr& aggregate);

  // The number of the series' group: a new one, the next number, when none was like it.
  uint32_t GroupOf(const SeriesMeta& series);
  // A series of the group has a value: the group inherits its mark.
  void MarkSeen(uint32_t group, const SeriesMeta& series) {
    if (series.drop_name) groups_[group].drop_name = true;
  }

  size_t size() const { return groups_.size(); }
  const SeriesMeta& group(uint32_t group) const { return groups_[group]; }
  std::vector<SeriesMeta> TakeGroups() { return std::move(groups_); }

 private:
  const bool without_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, uint32_t> known_;
  std::vector<SeriesMeta> groups_;  // In order of first appearance.
  std::string key_;                 // Of the last series: neighbours are often of one group.
  uint32_t last_ = 0;
};

}  // namespace epi::promql
