// Computes the duration expressions of a query ([5m * 2], offset (step() + 1s)) once its step and range are known.
#pragma once

#include "common/base/status.h"
#include "common/promql/ast.h"

namespace epi::promql {

struct DurationContext {
  int64_t step_ms = 0;   // step(): the query's resolution; 0 for an instant query.
  int64_t range_ms = 0;  // range(): end - start of the query; 0 for an instant query.
};

// Sets range_ms, step_ms and offset_ms wherever their expression is set, and drops the expressions.
// InvalidArgument for a division by zero, a result that is not positive where it must be, or one out of range.
Status FoldDurations(const DurationContext& context, Expr* expr);

}  // namespace epi::promql
