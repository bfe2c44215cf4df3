// The edges of anchored and smoothed windows: which samples, or points between samples, they start and end at.
//
//   anchored   from the newest sample not after the left edge (else the first one inside) to the last one inside
//   smoothed   from the value at the left edge to the value at the right edge, interpolated between neighbours; the first
//              sample stands in where there is none before, the last one where there is none after
#pragma once

#include <cstddef>
#include <cstdint>

#include "common/promql/ast.h"
#include "common/promql/functions/interpolate.h"

namespace epi::promql {

// A sample, or a point on the way from sample `at` to the next one.
struct EdgePoint {
  size_t at = 0;
  WayPoint way;
  bool between() const { return way.elapsed > 0; }
};

struct WindowEdges {
  bool any = false;  // Else the window has no value.
  EdgePoint left;
  EdgePoint right;
  // Counter resets count between samples i - 1 and i for i in [pair_first, pair_last].
  size_t pair_first = 0;
  size_t pair_last = 0;
  // First and last sample that plays a part.
  size_t sample_first = 0;
  size_t sample_last = 0;
};

// `times_ms` are those of the samples around (left_ms, right_ms], in order.
WindowEdges FindEdges(const int64_t* times_ms, size_t size, int64_t left_ms, int64_t right_ms, RangeEdges edges);

}  // namespace epi::promql
