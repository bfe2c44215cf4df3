// min, max, group, count, stddev and stdvar.
#include <cmath>
#include <limits>

#include "common/promql/operators/aggregate.h"
#include "common/promql/operators/build.h"
#include "common/promql/operators/grouping.h"
#include "common/promql/operators/stream.h"

namespace epi::promql {
namespace {

// The state of one group at one step, kept in columns: value and, where needed, mean and count.
class Cells {
 public:
  Cells(size_t groups, size_t steps, bool with_spread) : steps_(steps), columns_(groups) {
    for (Column& column : columns_) column.Reset(steps);
    if (with_spread) {
      means_.resize(groups * steps);
      counts_.resize(groups * steps);
    }
  }
  static uint64_t Bytes(size_t groups, size_t steps, bool with_spread) {
    return groups * (sizeof(Column) + Column::BytesFor(steps) + (with_spread ? 16 * steps : 0));
  }
  Column& column(size_t group) { return columns_[group]; }
  double& mean(size_t group, size_t step) { return means_[group * steps_ + step]; }
  double& count(size_t group, size_t step) { return counts_[group * steps_ + step]; }
  std::vector<Column> TakeColumns() { return std::move(columns_); }

 private:
  const size_t steps_;
  std::vector<Column> columns_;
  std::vector<double> means_;
  std::vector<double> counts_;
};

void AddExtreme(const Column& column, bool want_max, Column* into) {
  column.valid.ForEach([&](size_t step) {
    const double value = column.values[step];
    const double so_far = into->values[step];
    const bool better = !into->HasFloat(step) || std::isnan(so_far) || (want_max ? value > so_far : value < so_far);
    if (better) into->SetFloat(step, value);
  });
}

void AddCount(const Column& column, bool just_one, Column* into) {
  column.Presence().ForEach([&](size_t step) {
    into->SetFloat(step, just_one ? 1 : (into->HasFloat(step) ? into->values[step] : 0) + 1);
  });
}

// Welford's method: values are the sums of squared distances from the mean.
void AddSpread(const Column& column, size_t group, Cells* cells) {
  Column& into = cells->column(group);
  column.valid.ForEach([&](size_t step) {
    const double value = column.values[step];
    double& mean = cells->mean(group, step);
    double& count = cells->count(group, step);
    count += 1;
    if (count == 1) {
      mean = value;
      into.SetFloat(step, std::isfinite(value) ? 0 : std::numeric_limits<double>::quiet_NaN());
      return;
    }
    const double delta = value - mean;
    mean += delta / count;
    into.values[step] += delta * (value - mean);
  });
}

void FinishSpread(size_t group, bool square_root, Cells* cells) {
  Column& column = cells->column(group);
  column.valid.ForEach([&](size_t step) {
    const double variance = column.values[step] / cells->count(group, step);
    column.values[step] = square_root ? std::sqrt(variance) : variance;
  });
}

}  // namespace

Result<VectorOperatorPtr> AggregateSimple(QueryState* query, const AggregateExpr& aggregate, VectorOperatorPtr input) {
  const AggregateOp op = aggregate.op;
  const StepGrid grid = input->grid();
  Grouping grouping = GroupSeries(input->series(), aggregate);
  const bool spread = op == AggregateOp::kStddev || op == AggregateOp::kStdvar;
  const bool counts = op == AggregateOp::kCount || op == AggregateOp::kGroup;
  RETURN_IF_ERROR(query->Charge(Cells::Bytes(grouping.groups.size(), grid.steps(), spread), OpText(op)));
  Cells cells(grouping.groups.size(), grid.steps(), spread);
  const Annotator annotator(query->annotations());
  Once told;
  RETURN_IF_ERROR(ForEachColumn(query, input.get(), [&](size_t index, Column* column) {
    const size_t group = grouping.group_of[index];
    if (!column->Empty()) grouping.MarkSeen(input->series()[index], index);
    if (column->has_histograms() && !counts && told.First()) {
      annotator.Add(HistogramIgnoredInAggregationInfo(OpText(op), ArgPosition(*aggregate.expr)));
    }
    if (spread) {
      AddSpread(*column, group, &cells);
    } else if (counts) {
      AddCount(*column, op == AggregateOp::kGroup, &cells.column(group));
    } else {
      AddExtreme(*column, op == AggregateOp::kMax, &cells.column(group));
    }
    return OkStatus();
  }));
  for (size_t group = 0; spread && group < grouping.groups.size(); ++group) {
    FinishSpread(group, op == AggregateOp::kStddev, &cells);
  }
  return VectorOperatorPtr(std::make_unique<MaterializedOperator>(grid, std::move(grouping.groups), cells.TakeColumns()));
}

}  // namespace epi::promql
