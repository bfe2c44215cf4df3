#include "common/promql/functions/binary_math.h"

#include <cmath>
#include <limits>

#include "common/base/check.h"

namespace epi::promql {

double Arithmetic(BinaryOp op, double lhs, double rhs) {
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
    case BinaryOp::kAtan2:
      return std::atan2(lhs, rhs);
    default:
      CHECK(false);
  }
  return std::numeric_limits<double>::quiet_NaN();
}

bool Compare(BinaryOp op, double lhs, double rhs) {
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
    case BinaryOp::kLessOrEqual:
      return lhs <= rhs;
    default:
      CHECK(false);
  }
  return false;
}

bool IsArithmetic(BinaryOp op) { return !IsComparison(op) && !IsSetOp(op) && !IsTrim(op); }

}  // namespace epi::promql
