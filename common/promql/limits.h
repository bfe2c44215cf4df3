// Bounds of the language front end: what a query text may cost before anything is evaluated.
#pragma once

#include <cstddef>
#include <cstdint>

namespace epi::promql {

// Bytes of one query text. Prometheus has no limit of its own; rule files and dashboards stay far below.
inline constexpr size_t kQueryBytesMax = 1U << 20;

// Height of an expression tree, and nesting of the parser. Every recursion over an expression is bounded by it; chains such
// as a+b+c+… grow to the left and count one level per operator.
inline constexpr int kExprDepthMax = 1000;

}  // namespace epi::promql
