// The parts of vector op vector that both ways of evaluation share.
//
// "many" is the side that may have several series per match group (the left one, unless group_right), "one" the other side.
#pragma once

#include "common/promql/ast.h"
#include "common/promql/operators/match_keys.h"
#include "common/promql/operators/query_state.h"
#include "common/promql/operators/vector_operator.h"

namespace epi::promql {

struct JoinSides {
  VectorOperatorPtr many;
  VectorOperatorPtr one;
  std::vector<uint32_t> many_keys;
  std::vector<uint32_t> one_keys;
  // The right operand is the many side.
  bool swapped = false;
};

// Labels of a result. `one` may be the labels of the match group when that side was filled in; so may `many`.
SeriesMeta JoinedSeries(const BinaryExpr& binary, const SeriesMeta& many, const SeriesMeta& one, bool delayed_names);

// Step by step, with all of Prometheus' checks and fills.
Result<VectorOperatorPtr> JoinStepByStep(QueryState* query, const BinaryExpr& binary, const MatchKeys& keys, JoinSides sides);

}  // namespace epi::promql
