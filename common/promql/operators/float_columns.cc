#include "common/promql/operators/float_columns.h"

#include <cmath>

#include "common/promql/functions/binary_math.h"

namespace epi::promql {
namespace {

template <typename Function>
void Loop(const FloatColumnOp& op, std::span<const double> other, Column* column, Function function) {
  double* values = column->values.data();
  const size_t steps = column->steps();
  // All steps are computed, also absent ones: no branch in the loop, and what they hold does not matter.
  const auto run = [&](auto other_at) {
    if (op.swapped) {
      for (size_t i = 0; i < steps; ++i) values[i] = function(other_at(i), values[i]);
    } else {
      for (size_t i = 0; i < steps; ++i) values[i] = function(values[i], other_at(i));
    }
  };
  if (other.size() == 1) {
    run([constant = other[0]](size_t) { return constant; });
  } else {
    run([data = other.data()](size_t i) { return data[i]; });
  }
}

void LoopArithmetic(const FloatColumnOp& op, std::span<const double> other, Column* column) {
  switch (op.op) {
    case BinaryOp::kAdd:
      return Loop(op, other, column, [](double a, double b) { return a + b; });
    case BinaryOp::kSub:
      return Loop(op, other, column, [](double a, double b) { return a - b; });
    case BinaryOp::kMul:
      return Loop(op, other, column, [](double a, double b) { return a * b; });
    case BinaryOp::kDiv:
      return Loop(op, other, column, [](double a, double b) { return a / b; });
    default:
      return Loop(op, other, column, [kind = op.op](double a, double b) { return Arithmetic(kind, a, b); });
  }
}

}  // namespace

void ApplyToFloats(const FloatColumnOp& op, std::span<const double> other, Column* column) {
  if (!IsComparison(op.op)) return LoopArithmetic(op, other, column);
  const size_t mask = other.size() == 1 ? 0 : ~size_t{0};
  const StepBits valid = column->valid;
  valid.ForEach([&](size_t step) {
    const double mine = column->values[step];
    const double theirs = other[step & mask];
    const bool holds = op.swapped ? Compare(op.op, theirs, mine) : Compare(op.op, mine, theirs);
    if (op.return_bool) {
      column->values[step] = holds ? 1 : 0;
    } else if (!holds) {
      column->valid.Clear(step);
    }
  });
}

}  // namespace epi::promql
