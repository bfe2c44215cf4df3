#include "tests/support/promqlref/operation.h"

#include <cmath>

#include "common/series/float_histogram_math.h"
#include "common/series/float_histogram_trim.h"
#include "tests/support/promqlref/nodes.h"

namespace epi::promqlref {
namespace {

using promql::BinaryExpr;
using promql::BinaryOp;
using promql::HistogramOperation;

bool Holds(BinaryOp op, double lhs, double rhs) {
  switch (op) {
    case BinaryOp::kEqual:
      return lhs == rhs;
    case BinaryOp::kNotEqual:
      return lhs != rhs;
    case BinaryOp::kGreater:
      return lhs > rhs;
    case BinaryOp::kLess:
      return lhs < rhs;
    case BinaryOp::kGreaterOrEqual:
      return lhs >= rhs;
    default:
      return lhs <= rhs;
  }
}

double Compute(BinaryOp op, double lhs, double rhs) {
  switch (op) {
    case BinaryOp::kAdd:
      return lhs + rhs;
    case BinaryOp::kSub:
      return lhs - rhs;
    case BinaryOp::kMul:
      return lhs * rhs;
    case BinaryOp::kDiv:
      return lhs / rhs;
    case BinaryOp::kMod:
      return std::fmod(lhs, rhs);
    case BinaryOp::kPow:
      return std::pow(lhs, rhs);
    default:
      return std::atan2(lhs, rhs);
  }
}

Outcome Of(FloatHistogram histogram) {
  series::Compact(&histogram);
  return {true, true, Native(std::move(histogram)), {}};
}

Outcome Undefined(const BinaryExpr& binary, const Sample& lhs, const Sample& rhs) {
  const auto kind = [](const Sample& sample) { return sample.is_histogram() ? "histogram" : "float"; };
  return {false, false, {}, promql::IncompatibleTypesInBinOpInfo(kind(lhs), OpText(binary.op), kind(rhs), binary.position)};
}

Outcome AddHistograms(const BinaryExpr& binary, const FloatHistogram& lhs, const FloatHistogram& rhs) {
  const bool add = binary.op == BinaryOp::kAdd;
  const auto operation = add ? HistogramOperation::kAddition : HistogramOperation::kSubtraction;
  FloatHistogram result = lhs;
  const auto notes = add ? series::Add(&result, rhs) : series::Subtract(&result, rhs);
  if (!notes.ok()) return {false, false, {}, promql::IncompatibleBucketLayoutInBinOpWarning(OpText(binary.op), binary.position)};
  if (!add) result.counter_reset_hint = series::CounterResetHint::kGauge;
  Outcome outcome = Of(std::move(result));
  if (notes->custom_bounds_reconciled) outcome.annotation = promql::MismatchedCustomBucketsInfo(operation, binary.position);
  if (notes->counter_reset_collision) {
    outcome.annotation = promql::HistogramCounterResetCollisionWarning(operation, binary.position);
  }
  return outcome;
}

bool SameHistogram(FloatHistogram a, FloatHistogram b) {
  series::Compact(&a);
  series::Compact(&b);
  return series::EqualBits(a, b);
}

Outcome OfHistograms(const BinaryExpr& binary, const Sample& lhs, const Sample& rhs) {
  if (binary.op == BinaryOp::kAdd || binary.op == BinaryOp::kSub) return AddHistograms(binary, *lhs.histogram, *rhs.histogram);
  if (binary.op != BinaryOp::kEqual && binary.op != BinaryOp::kNotEqual) return Undefined(binary, lhs, rhs);
  return {true, SameHistogram(*lhs.histogram, *rhs.histogram) == (binary.op == BinaryOp::kEqual), lhs, {}};
}

}  // namespace

Outcome Operate(const BinaryExpr& binary, const Sample& lhs, const Sample& rhs) {
  if (lhs.is_histogram() && rhs.is_histogram()) return OfHistograms(binary, lhs, rhs);
  if (!lhs.is_histogram() && !rhs.is_histogram()) {
    if (promql::IsTrim(binary.op)) return Undefined(binary, lhs, rhs);
    if (promql::IsComparison(binary.op)) return {true, Holds(binary.op, lhs.value, rhs.value), lhs, {}};
    return {true, true, Float(Compute(binary.op, lhs.value, rhs.value)), {}};
  }
  const double number = lhs.is_histogram() ? rhs.value : lhs.value;
  FloatHistogram result = lhs.is_histogram() ? *lhs.histogram : *rhs.histogram;
  if (binary.op == BinaryOp::kMul) {
    series::Multiply(&result, number);
  } else if (lhs.is_histogram() && binary.op == BinaryOp::kDiv) {
    series::Divide(&result, number);
  } else if (lhs.is_histogram() && promql::IsTrim(binary.op)) {
    series::Trim(&result, number, binary.op == BinaryOp::kTrimUpper ? series::TrimKeep::kBelow : series::TrimKeep::kAbove);
  } else {
    return Undefined(binary, lhs, rhs);
  }
  return Of(std::move(result));
}

double ScalarOperation(BinaryOp op, double lhs, double rhs) {
  if (promql::IsComparison(op)) return Holds(op, lhs, rhs) ? 1 : 0;
  return Compute(op, lhs, rhs);
}

Sample Negative(const Sample& sample) {
  if (!sample.is_histogram()) return Float(-sample.value);
  FloatHistogram negative = *sample.histogram;
  series::Multiply(&negative, -1);
  return Native(std::move(negative));
}

}  // namespace epi::promqlref
