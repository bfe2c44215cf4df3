#include "common/promql/operators/map.h"

#include "common/promql/operators/merge_equal.h"
#include "common/promql/operators/series_names.h"

namespace epi::promql {
namespace {

class MapOperator final : public VectorOperator {
 public:
  MapOperator(VectorOperatorPtr child, std::vector<SeriesMeta> series, ColumnMap map)
      : VectorOperator(child->grid()), child_(std::move(child)), map_(std::move(map)) {
    CHECK(series.size() == child_->series().size());
    series_ = std::move(series);
  }
  Status Fill(size_t index, size_t worker, Column* out) override {
    RETURN_IF_ERROR(child_->Fill(index, worker, out));
    return map_(index, out);
  }

 private:
  const VectorOperatorPtr child_;
  const ColumnMap map_;
};

class RepeatOperator final : public VectorOperator {
 public:
  RepeatOperator(VectorOperatorPtr once, const StepGrid& grid) : VectorOperator(grid), once_(std::move(once)) {
    series_ = once_->series();
  }
  Status Fill(size_t index, size_t worker, Column* out) override {
    Column one;
    RETURN_IF_ERROR(once_->Fill(index, worker, &one));
    const size_t steps = grid().steps();
    out->Reset(steps);
    if (one.HasFloat(0)) {
      std::fill(out->values.begin(), out->values.end(), one.values[0]);
      out->valid.SetAll();
    } else if (const HistogramPtr* histogram = one.HistogramAt(0)) {
      out->histograms.assign(steps, *histogram);
    }
    return OkStatus();
  }

 private:
  const VectorOperatorPtr once_;
};

}  // namespace

VectorOperatorPtr MapColumns(VectorOperatorPtr child, std::vector<SeriesMeta> series, ColumnMap map) {
  return std::make_unique<MapOperator>(std::move(child), std::move(series), std::move(map));
}

VectorOperatorPtr MapDroppingName(QueryState* query, VectorOperatorPtr child, ColumnMap map) {
  std::vector<SeriesMeta> series = DropNames(child->series(), query->delayed_names());
  VectorOperatorPtr op = MapColumns(std::move(child), std::move(series), std::move(map));
  return query->delayed_names() ? std::move(op) : MergeEqualSeries(std::move(op), MergeRule::kBySteps);
}

VectorOperatorPtr MapFloats(QueryState* query, VectorOperatorPtr child, FloatFunction function) {
  return MapDroppingName(query, std::move(child), [function](size_t, Column* column) {
    column->DropHistograms();
    column->valid.ForEach([&](size_t step) { column->values[step] = function(column->values[step]); });
    return OkStatus();
  });
}

VectorOperatorPtr Repeat(VectorOperatorPtr once, const StepGrid& grid) {
  return std::make_unique<RepeatOperator>(std::move(once), grid);
}

VectorOperatorPtr VectorOfScalar(const StepGrid& grid, std::function<double(size_t step)> value) {
  Column column(grid.steps());
  for (size_t step = 0; step < grid.steps(); ++step) column.SetFloat(step, value(step));
  std::vector<Column> columns;
  columns.push_back(std::move(column));
  return std::make_unique<MaterializedOperator>(grid, std::vector<SeriesMeta>(1), std::move(columns));
}

}  // namespace epi::promql
