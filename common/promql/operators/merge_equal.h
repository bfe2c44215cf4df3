// Series that have become equal because labels were removed or replaced: they are one series, if they never meet.
//
//   merge_steps   two of them may take turns step by step; a step where both have a value is an error
//   not so        two of them that have any value at all are an error (functions over ranges)
//
// Errors:   FailedPrecondition "vector cannot contain metrics with the same labelset".
#pragma once

#include "common/promql/operators/query_state.h"
#include "common/promql/operators/vector_operator.h"

namespace epi::promql {

enum class MergeRule : uint8_t { kBySteps, kNever };

// `op` itself when all its series differ; else an operator that unites equal ones.
VectorOperatorPtr MergeEqualSeries(VectorOperatorPtr op, MergeRule rule);

Status SameLabelsetError();

}  // namespace epi::promql
