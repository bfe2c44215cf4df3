// Builds the operators of an expression, children first. Blocking operators run while they are built.
//
// Contract: the expression comes from a Plan (times resolved, step-invariant parts wrapped); its nodes outlive the operators.
// Errors:   whatever evaluation can fail with; see engine.h.
#pragma once

#include "common/promql/ast.h"
#include "common/promql/operators/query_state.h"
#include "common/promql/operators/scalar_column.h"
#include "common/promql/operators/vector_operator.h"

namespace epi::promql {

// REQUIRES: expr.type() is kVector.
Result<VectorOperatorPtr> BuildVector(QueryState* query, const Expr& expr, const StepGrid& grid);

// REQUIRES: expr.type() is kScalar.
Result<ScalarColumn> BuildScalar(QueryState* query, const Expr& expr, const StepGrid& grid);

// A call that yields an instant vector.
Result<VectorOperatorPtr> BuildCall(QueryState* query, const Call& call, const StepGrid& grid);

// Where annotations about an argument point to: inside of its parentheses. A subquery has been replaced by its samples by the time a
// function sees it, and these have no position.
PositionRange ArgPosition(const Expr& arg);

// Value of a string argument. REQUIRES: expr.type() is kString.
const std::string& StringValue(const Expr& expr);

}  // namespace epi::promql
