// min, max, group, count, stddev and stdvar.
#include <cmath>
#include <limits>

#include "common/promql/operators/aggregate.h"
#include "common/promql/operators/build.h"
#include "common/promql/operators/grouping.h"
#include "common/promql/operators/stream.h"

namespace epi::promql {
namespace {

// The state of one group: its values and, for the spread, means and counts.
struct Cells {
  Column column;
  std::vector<double> means;
  std::vector<double> counts;

  Cells(size_t steps, bool with_spread) : column(steps) {
    if (with_spread) {
      means.resize(steps);
      counts.resize(steps);
    }
  }
  static uint64_t Bytes(size_t steps, bool with_spread) {
    return sizeof(Cells) + Column::BytesFor(steps) + (with_spread ? 16 * steps : 0);
  }
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
  const StepBits presence = column.Presence();
  if (presence.All() && into->valid.All()) {
    for (size_t step = 0; !just_one && step < column.steps(); ++step) into->values[step] += 1;
    return;
  }
  presence.ForEach([&](size_t step) {
    into->SetFloat(step, just_one ? 1 : (into->HasFloat(step) ? into->values[step] : 0) + 1);
  });
}

// Welford's method: values are the sums of squared distances from the mean.
void AddSpread(const Column& column, Cells* cells) {
  column.valid.ForEach([&](size_t step) {
    const double value = column.values[step];
    double& mean = cells->means[step];
    double& count = cells->counts[step];
    count += 1;
    if (count == 1) {
      mean = value;
      cells->column.SetFloat(step, std::isfinite(value) ? 0 : std::numeric_limits<double>::quiet_NaN());
      return;
    }
    const double delta = value - mean;
    mean += delta / count;
    cells->column.values[step] += delta * (value - mean);
  });
}

void FinishSpread(bool square_root, Cells* cells) {
  cells->column.valid.ForEach([&](size_t step) {
    const double variance = cells->column.values[step] / cells->counts[step];
    cells->column.values[step] = square_root ? std::sqrt(variance) : variance;
  });
}

}  // namespace

Result<VectorOperatorPtr> AggregateSimple(QueryState* query, const AggregateExpr& aggregate, VectorOperatorPtr input) {
  const AggregateOp op = aggregate.op;
  const StepGrid grid = input->grid();
  Grouping grouping(aggregate);
  const bool spread = op == AggregateOp::kStddev || op == AggregateOp::kStdvar;
  const bool counts = op == AggregateOp::kCount || op == AggregateOp::kGroup;
  std::vector<Cells> groups;
  const Annotator annotator(query->annotations());
  Once told;
  const auto add = [&](size_t, const SeriesMeta& series, Column* column) -> Status {
    const uint32_t group = grouping.GroupOf(series);
    if (group == groups.size()) {
      RETURN_IF_ERROR(query->Charge(Cells::Bytes(grid.steps(), spread) + 2 * grouping.group(group).labels.encoded().size(), OpText(op)));
      groups.emplace_back(grid.steps(), spread);
    }
    if (!column->Empty()) grouping.MarkSeen(group, series);
    if (column->has_histograms() && !counts && told.First()) {
      annotator.Add(HistogramIgnoredInAggregationInfo(OpText(op), ArgPosition(*aggregate.expr)));
    }
    if (spread) {
      AddSpread(*column, &groups[group]);
    } else if (counts) {
      AddCount(*column, op == AggregateOp::kGroup, &groups[group].column);
    } else {
      AddExtreme(*column, op == AggregateOp::kMax, &groups[group].column);
    }
    return OkStatus();
  };
  RETURN_IF_ERROR(ForEachColumn(query, input.get(), add));
  std::vector<Column> columns;
  columns.reserve(groups.size());
  for (Cells& cells : groups) {
    if (spread) FinishSpread(op == AggregateOp::kStddev, &cells);
    columns.push_back(std::move(cells.column));
  }
  return VectorOperatorPtr(std::make_unique<MaterializedOperator>(grid, grouping.TakeGroups(), std::move(columns)));
}

}  // namespace epi::promql
