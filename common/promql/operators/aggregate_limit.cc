// limitk: the first k series of each group at every step. limit_ratio: a share of all series, chosen by label hash.
#include <cmath>

#include "common/promql/operators/aggregate.h"
#include "common/promql/operators/build.h"
#include "common/promql/operators/grouping.h"
#include "common/promql/operators/map.h"
#include "common/promql/operators/stream.h"

namespace epi::promql {
namespace {

Result<VectorOperatorPtr> LimitK(QueryState* query, const AggregateExpr& aggregate, VectorOperatorPtr input) {
  const StepGrid grid = input->grid();
  const std::vector<size_t> ks = TRY(EvaluateK(query, aggregate, grid));
  Grouping grouping(aggregate);
  std::vector<std::vector<size_t>> taken;  // Per group and step.
  std::vector<SeriesMeta> metas;
  std::vector<Column> columns;
  const auto take = [&](size_t, const SeriesMeta& series, Column* column) -> Status {
    const uint32_t group = grouping.GroupOf(series);
    if (group == taken.size()) {
      RETURN_IF_ERROR(query->Charge(grid.steps() * sizeof(size_t), OpText(aggregate.op)));
      taken.emplace_back(grid.steps());
    }
    std::vector<size_t>& counts = taken[group];
    column->Presence().ForEach([&](size_t step) {
      if (counts[step] < ks[step]) {
        ++counts[step];
      } else {
        column->ClearStep(step);
      }
    });
    if (column->Empty()) return OkStatus();
    RETURN_IF_ERROR(query->Charge(column->bytes(), OpText(aggregate.op)));
    metas.push_back(series);
    columns.push_back(std::move(*column));
    return OkStatus();
  };
  RETURN_IF_ERROR(ForEachColumn(query, input.get(), take));
  return VectorOperatorPtr(std::make_unique<MaterializedOperator>(grid, std::move(metas), std::move(columns)));
}

// Does a series with this hash belong to the sample? A ratio r and r - 1 choose complementary sets.
bool InSample(uint64_t hash, double ratio) {
  const double place = static_cast<double>(hash) / 18446744073709551616.0;
  return ratio >= 0 ? place < ratio : place >= 1.0 + ratio;
}

Result<VectorOperatorPtr> LimitRatio(QueryState* query, const AggregateExpr& aggregate, VectorOperatorPtr input) {
  const size_t steps = input->grid().steps();
  const ScalarColumn param = TRY(BuildScalar(query, *aggregate.param, input->grid()));
  const Annotator annotator(query->annotations());
  std::vector<double> ratios(steps);
  double min = 0;
  double max = 0;
  for (size_t step = 0; step < steps; ++step) {
    const double ratio = param.At(step);
    if (std::isnan(ratio)) return FailedPreconditionError("Ratio value is NaN");
    min = std::min(min, ratio);
    max = std::max(max, ratio);
    ratios[step] = std::clamp(ratio, -1.0, 1.0);
  }
  if (max > 1) annotator.Add(InvalidRatioWarning(max, 1, ArgPosition(*aggregate.param)));
  if (min < -1) annotator.Add(InvalidRatioWarning(min, -1, ArgPosition(*aggregate.param)));
  std::vector<uint64_t> hashes;
  hashes.reserve(input->series().size());
  for (const SeriesMeta& series : input->series()) hashes.push_back(series.labels.Hash());
  std::vector<SeriesMeta> metas = input->series();
  return MapColumns(std::move(input), std::move(metas),
                    [ratios = std::move(ratios), hashes = std::move(hashes)](size_t index, Column* column) {
                      for (size_t step = 0; step < ratios.size(); ++step) {
                        if (!InSample(hashes[index], ratios[step])) column->ClearStep(step);
                      }
                      return OkStatus();
                    });
}

}  // namespace

Result<VectorOperatorPtr> AggregateLimit(QueryState* query, const AggregateExpr& aggregate, VectorOperatorPtr input) {
  if (aggregate.op == AggregateOp::kLimitK) return LimitK(query, aggregate, std::move(input));
  return LimitRatio(query, aggregate, std::move(input));
}

}  // namespace epi::promql
