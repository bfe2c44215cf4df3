// What aggregations share: groups of elements, and the parameters of a whole query.
#pragma once

#include <vector>

#include "tests/support/promqlref/nodes.h"

namespace epi::promqlref {

struct Group {
  Labels labels;
  Vector elements;
};

struct ParamBounds {
  double min = 0;
  double max = 0;
  bool any_nan = false;
};
// REQUIRES: not empty.
ParamBounds BoundsOf(const std::vector<double>& values);

// topk, bottomk, limitk and limit_ratio: `groups` are those of each step.
struct Selection {
  const promql::AggregateExpr& aggregate;
  const std::vector<double>& params;
  const std::vector<std::vector<Group>>& groups;
  const Steps& steps;
  bool one_time = false;  // The order of what topk and bottomk choose is that of merit.
};
Result<Steps> Select(Evaluation* evaluation, const Selection& selection);

}  // namespace epi::promqlref
