// Binary operators on whole columns of floats: the operator is chosen once, outside of the loop.
#pragma once

#include <span>

#include "common/promql/ast.h"
#include "common/promql/operators/column.h"

namespace epi::promql {

// Combines values[i] with other[i] (or other[0] at all steps when it has one element) at the valid steps of *column, in place.
//   swapped      the column is the right operand
//   comparisons  clear the steps at which they do not hold, keeping the column's value; with return_bool they store 0 or 1
// REQUIRES: not a set or trim operator; the column has no histograms; other is valid wherever *column is.
struct FloatColumnOp {
  BinaryOp op = BinaryOp::kAdd;
  bool return_bool = false;
  bool swapped = false;
};
void ApplyToFloats(const FloatColumnOp& op, std::span<const double> other, Column* column);

}  // namespace epi::promql
