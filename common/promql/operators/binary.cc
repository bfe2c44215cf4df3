#include "common/promql/operators/binary.h"

#include "common/promql/operators/build.h"

namespace epi::promql {

Result<VectorOperatorPtr> BuildBinary(QueryState* query, const BinaryExpr& binary, const StepGrid& grid) {
  if (binary.lhs->type() == ValueType::kScalar || binary.rhs->type() == ValueType::kScalar) {
    return BuildVectorScalar(query, binary, grid);
  }
  VectorOperatorPtr lhs = TRY(BuildVector(query, *binary.lhs, grid));
  VectorOperatorPtr rhs = TRY(BuildVector(query, *binary.rhs, grid));
  if (IsSetOp(binary.op)) return BuildSetOperator(query, binary, std::move(lhs), std::move(rhs));
  return BuildVectorJoin(query, binary, std::move(lhs), std::move(rhs));
}

}  // namespace epi::promql
