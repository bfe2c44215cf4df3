// VectorOperator: one node of a running query that yields an instant vector at every step of a grid.
//
//   build    children are built first; then the operator knows its output series (labels), hashed once and for all.
//            Blocking operators (aggregations, joins that must see both sides) read their children here and free them.
//   Fill     computes the column of one output series, pulling the columns it needs from its children.
//
// Leaves below aggregations may be streams: they know their series only batch by batch, and Fill()'s index counts within the
// current batch. What the plan does not mark as streamed (Plan::streamed) never is.
//
// Contract: Fill() is called at most once per index. A column may turn out empty: then the series does not exist.
//           No two series of one operator with equal labels and drop_name have a value at the same step.
// Threads:  Fill() may be called for different indexes from different threads; each caller names its worker
//           (0 … workers - 1), so that operators can keep scratch space per worker.
// Owns:     children. The QueryState outlives all operators.
#pragma once

#include <memory>
#include <vector>

#include "common/base/status.h"
#include "common/labels/labels.h"
#include "common/promql/operators/column.h"
#include "common/promql/plan/step_grid.h"

namespace epi::promql {

struct SeriesMeta {
  labels::Labels labels;
  // The metric name is to be removed when the query ends (delayed name removal only).
  bool drop_name = false;
};

class VectorOperator {
 public:
  explicit VectorOperator(const StepGrid& grid) : grid_(grid) {}
  virtual ~VectorOperator() = default;
  VectorOperator(const VectorOperator&) = delete;
  VectorOperator& operator=(const VectorOperator&) = delete;

  const StepGrid& grid() const { return grid_; }
  const std::vector<SeriesMeta>& series() const { return series_; }
  // The same, to keep. Only when all columns have been read.
  std::vector<SeriesMeta> TakeSeries() { return std::move(series_); }

  virtual bool streams() const { return false; }
  // Of a stream: reads the next batch ahead; may run beside Fill().
  virtual Status FetchBatch(size_t /*count*/) { return OkStatus(); }
  // Of a stream: makes the batch read ahead the current one. False at the end.
  virtual bool NextBatch() { return false; }

  // Resets `out` to the grid's steps and computes series()[index].
  virtual Status Fill(size_t index, size_t worker, Column* out) = 0;

 protected:
  std::vector<SeriesMeta> series_;

 private:
  const StepGrid grid_;
};
using VectorOperatorPtr = std::unique_ptr<VectorOperator>;

// An operator whose columns are already there. Blocking operators return it.
class MaterializedOperator final : public VectorOperator {
 public:
  MaterializedOperator(const StepGrid& grid, std::vector<SeriesMeta> series, std::vector<Column> columns);
  Status Fill(size_t index, size_t worker, Column* out) override;

 private:
  std::vector<Column> columns_;
};

}  // namespace epi::promql
