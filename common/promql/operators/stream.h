// Reading all columns of an operator: in batches, on all workers, handed over in series order.
//
//   batch k:    worker 0   worker 1   …      compute columns of batch k
//   meanwhile:  one of them consumes the columns of batch k - 1, in series order, and (of a stream) reads the series of batch k + 1
//
// Contract: `consume` sees every series exactly once, in ascending order, from one thread at a time: what it adds up does not
//           depend on the number of workers. Empty columns are handed over, too.
#pragma once

#include <functional>
#include <vector>

#include "common/promql/operators/query_state.h"
#include "common/promql/operators/vector_operator.h"

namespace epi::promql {

// `index` counts from the first series, of a stream also over batches. The column may be moved from.
using ColumnConsumer = std::function<Status(size_t index, const SeriesMeta& series, Column* column)>;

Status ForEachColumn(QueryState* query, VectorOperator* op, const ColumnConsumer& consume);

// All columns at once, charged to the query's memory. REQUIRES: not a stream.
Result<std::vector<Column>> FillAll(QueryState* query, VectorOperator* op);

// Is it worth waking other threads for this much work?
bool WorthSharing(size_t series, size_t steps);

}  // namespace epi::promql
