// Groups of an aggregation: by(…) or without(…), worked out once per input series.
#pragma once

#include <cstdint>
#include <vector>

#include "common/promql/ast.h"
#include "common/promql/operators/vector_operator.h"

namespace epi::promql {

struct Grouping {
  // In order of first appearance. drop_name is set by MarkSeen.
  std::vector<SeriesMeta> groups;
  std::vector<uint32_t> group_of;  // Per input series.

  // A series of the group has a value: the group inherits its mark.
  void MarkSeen(const SeriesMeta& series, size_t index) {
    if (series.drop_name) groups[group_of[index]].drop_name = true;
  }
};

Grouping GroupSeries(const std::vector<SeriesMeta>& series, const AggregateExpr& aggregate);

}  // namespace epi::promql
