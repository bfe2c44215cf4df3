// Binary operators with at least one instant vector.
//
//   vector op scalar   a map over the vector's columns
//   vector op vector   one hash join over the labels that are matched on, then one column operation per pair (vector_join.cc);
//                      where series of one match group may meet, or missing ones are filled in, step by step
//                      (vector_join_slow.cc)
//   and or unless      bitmaps of the steps at which each match group is present (set_operators.cc)
#pragma once

#include "common/promql/ast.h"
#include "common/promql/operators/query_state.h"
#include "common/promql/operators/vector_operator.h"

namespace epi::promql {

// REQUIRES: binary.type() is kVector.
Result<VectorOperatorPtr> BuildBinary(QueryState* query, const BinaryExpr& binary, const StepGrid& grid);

Result<VectorOperatorPtr> BuildVectorScalar(QueryState* query, const BinaryExpr& binary, const StepGrid& grid);
Result<VectorOperatorPtr> BuildSetOperator(QueryState* query, const BinaryExpr& binary, VectorOperatorPtr lhs,
                                           VectorOperatorPtr rhs);
Result<VectorOperatorPtr> BuildVectorJoin(QueryState* query, const BinaryExpr& binary, VectorOperatorPtr lhs,
                                          VectorOperatorPtr rhs);

}  // namespace epi::promql
