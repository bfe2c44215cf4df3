// RangeSource: where the windows of a function over ranges come from: a range selector's samples, or the points of a subquery.
//
// Threads:  Start() may be called for different series from different threads; each caller names its worker.
#pragma once

#include "common/promql/ast.h"
#include "common/promql/operators/query_state.h"
#include "common/promql/operators/sample_feed.h"
#include "common/promql/operators/time_shift.h"
#include "common/promql/operators/vector_operator.h"

namespace epi::promql {

class RangeSource {
 public:
  virtual ~RangeSource() = default;

  const std::vector<SeriesMeta>& series() const { return series_; }
  const TimeShift& shift() const { return shift_; }
  int64_t range_ms() const { return range_ms_; }
  RangeEdges edges() const { return edges_; }

  // As of VectorOperator.
  virtual bool streams() const { return false; }
  virtual Status FetchBatch(size_t /*count*/) { return OkStatus(); }
  virtual bool NextBatch() { return false; }

  // The worker's feed, at the start of series()[index].
  virtual Result<SampleFeed*> Start(size_t index, size_t worker) = 0;
  // The series was read, and will not be asked for again.
  virtual void Done(size_t /*index*/) {}

 protected:
  std::vector<SeriesMeta> series_;
  TimeShift shift_;
  int64_t range_ms_ = 0;
  RangeEdges edges_ = RangeEdges::kPlain;
};

// `expr` is a range selector or a subquery, possibly in parentheses, evaluated at the steps of `grid`.
Result<std::unique_ptr<RangeSource>> BuildRangeSource(QueryState* query, const Expr& expr, const StepGrid& grid);

}  // namespace epi::promql
