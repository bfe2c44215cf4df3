#include "common/promql/functions/edges.h"

#include <algorithm>

namespace epi::promql {
namespace {

WayPoint WayTo(const int64_t* times_ms, size_t at, int64_t t_ms) {
  return {static_cast<double>(t_ms - times_ms[at]), static_cast<double>(times_ms[at + 1] - times_ms[at])};
}

}  // namespace

WindowEdges FindEdges(const int64_t* times_ms, size_t size, int64_t left_ms, int64_t right_ms, RangeEdges edges) {
  WindowEdges found;
  const auto count_until = [&](int64_t t_ms) {
    return static_cast<size_t>(std::upper_bound(times_ms, times_ms + size, t_ms) - times_ms);
  };
  const size_t after_left = count_until(left_ms);  // First sample right of the left edge.
  const size_t after_right = count_until(right_ms);
  if (after_right == 0 || after_left == size) return found;
  const bool smoothed = edges == RangeEdges::kSmoothed;
  if (!smoothed && after_right == after_left) return found;
  found.any = true;
  found.left.at = after_left > 0 ? after_left - 1 : 0;
  found.right.at = after_right - 1;
  if (smoothed && after_left > 0) found.left.way = WayTo(times_ms, found.left.at, left_ms);
  if (smoothed && after_right < size) found.right.way = WayTo(times_ms, found.right.at, right_ms);
  found.pair_first = found.left.at + (found.left.between() ? 2 : 1);
  found.pair_last = found.right.at + (found.right.between() ? 1 : 0);
  found.sample_first = found.left.at;
  found.sample_last = std::max(found.pair_last, found.left.at + (found.left.between() ? 1 : 0));
  return found;
}

}  // namespace epi::promql
