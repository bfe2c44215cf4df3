// Binary operators on two numbers.
#pragma once

#include "common/promql/operators.h"

namespace epi::promql {

// REQUIRES: an arithmetic operator: + - * / % ^ atan2.
double Arithmetic(BinaryOp op, double lhs, double rhs);
// REQUIRES: a comparison.
bool Compare(BinaryOp op, double lhs, double rhs);
// + - * / % ^ atan2.
bool IsArithmetic(BinaryOp op);

}  // namespace epi::promql
