#include "common/promql/operators/vector_operator.h"

namespace epi::promql {

MaterializedOperator::MaterializedOperator(const StepGrid& grid, std::vector<SeriesMeta> series, std::vector<Column> columns)
    : VectorOperator(grid), columns_(std::move(columns)) {
  CHECK(series.size() == columns_.size());
  series_ = std::move(series);
}

Status MaterializedOperator::Fill(size_t index, size_t worker, Column* out) {
  (void)worker;
  *out = std::move(columns_[index]);
  return OkStatus();
}

}  // namespace epi::promql
