// quantile: needs all values of a group at a step, so it keeps every column.
#include <algorithm>
#include <cmath>

#include "common/promql/functions/math.h"
#include "common/promql/functions/quantile.h"
#include "common/promql/operators/aggregate.h"
#include "common/promql/operators/build.h"
#include "common/promql/operators/grouping.h"
#include "common/promql/operators/stream.h"

namespace epi::promql {
namespace {

void WarnAboutQuantiles(const ScalarColumn& param, size_t steps, PositionRange position, const Annotator& annotator) {
  double min = std::numeric_limits<double>::infinity();
  double max = -min;
  bool any_nan = false;
  for (size_t step = 0; step < steps; ++step) {
    const double q = param.At(step);
    any_nan |= std::isnan(q);
    min = MinOf(min, q);
    max = MaxOf(max, q);
  }
  if (any_nan) annotator.Add(InvalidQuantileWarning(std::numeric_limits<double>::quiet_NaN(), position));
  if (min < 0) annotator.Add(InvalidQuantileWarning(min, position));
  if (max > 1) annotator.Add(InvalidQuantileWarning(max, position));
}

}  // namespace

Result<VectorOperatorPtr> AggregateQuantile(QueryState* query, const AggregateExpr& aggregate, VectorOperatorPtr input) {
  const StepGrid grid = input->grid();
  const ScalarColumn param = TRY(BuildScalar(query, *aggregate.param, grid));
  const Annotator annotator(query->annotations());
  WarnAboutQuantiles(param, grid.steps(), ArgPosition(*aggregate.param), annotator);
  Grouping grouping(aggregate);
  const std::vector<Column> columns = TRY(FillAll(query, input.get()));
  std::vector<std::vector<size_t>> members;
  bool any_histogram = false;
  for (size_t i = 0; i < columns.size(); ++i) {
    const uint32_t group = grouping.GroupOf(input->series()[i]);
    any_histogram |= columns[i].has_histograms();
    if (!columns[i].Empty()) grouping.MarkSeen(group, input->series()[i]);
    members.resize(grouping.size());
    members[group].push_back(i);
  }
  if (any_histogram) annotator.Add(HistogramIgnoredInAggregationInfo(OpText(aggregate.op), ArgPosition(*aggregate.expr)));
  RETURN_IF_ERROR(query->Charge(members.size() * Column::BytesFor(grid.steps()), OpText(aggregate.op)));
  std::vector<Column> results(members.size());
  RETURN_IF_ERROR(query->pool()->Run(members.size(), WorthSharing(columns.size(), grid.steps()), [&](size_t group, size_t) {
    results[group].Reset(grid.steps());
    std::vector<double> values;
    for (size_t step = 0; step < grid.steps(); ++step) {
      values.clear();
      for (const size_t i : members[group]) {
        if (columns[i].HasFloat(step)) values.push_back(columns[i].values[step]);
      }
      if (!values.empty()) results[group].SetFloat(step, QuantileOf(param.At(step), &values));
    }
    return query->Check();
  }));
  return VectorOperatorPtr(std::make_unique<MaterializedOperator>(grid, grouping.TakeGroups(), std::move(results)));
}

}  // namespace epi::promql
