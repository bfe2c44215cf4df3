#include "common/promql/operators/sort_calls.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "common/promql/functions/natural_order.h"
#include "common/promql/operators/build.h"
#include "common/promql/operators/map.h"
#include "common/promql/operators/stream.h"

namespace epi::promql {
namespace {

// NaN comes last in both directions.
bool ValueBefore(double a, double b, bool descending) {
  if (std::isnan(a) || std::isnan(b)) return !std::isnan(a);
  return descending ? a > b : a < b;
}

int CompareLabels(const labels::Labels& a, const labels::Labels& b, const Call& call) {
  for (size_t i = 1; i < call.args.size(); ++i) {
    const std::string& name = StringValue(*call.args[i]);
    const std::string_view value_a = a.Get(name);
    const std::string_view value_b = b.Get(name);
    if (value_a == value_b) continue;
    const int order = CompareNatural(value_a, value_b);
    if (order != 0) return order;
  }
  return labels::Labels::Compare(a, b);
}

VectorOperatorPtr WithoutHistograms(VectorOperatorPtr child) {
  std::vector<SeriesMeta> series = child->series();
  return MapColumns(std::move(child), std::move(series), [](size_t, Column* column) {
    column->DropHistograms();
    return OkStatus();
  });
}

}  // namespace

bool IsSortCall(std::string_view name) {
  return name == "sort" || name == "sort_desc" || name == "sort_by_label" || name == "sort_by_label_desc";
}

Result<VectorOperatorPtr> BuildSort(QueryState* query, const Call& call, const StepGrid& grid) {
  const std::string_view name = call.function->name;
  const bool by_label = name.starts_with("sort_by_label");
  const bool descending = name.ends_with("_desc");
  VectorOperatorPtr child = TRY(BuildVector(query, *call.args[0], grid));
  const Annotator annotator(query->annotations());
  if (!by_label) child = WithoutHistograms(std::move(child));
  if (!grid.one_time) {
    if (grid.steps() > 0) annotator.Add(SortInRangeQueryWarning(call.position));
    return child;
  }
  std::vector<Column> columns = TRY(FillAll(query, child.get()));
  const std::vector<SeriesMeta>& series = child->series();
  std::vector<size_t> order(columns.size());
  std::iota(order.begin(), order.end(), size_t{0});
  if (!by_label) std::erase_if(order, [&](size_t i) { return !columns[i].HasFloat(0); });
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    if (!by_label) return ValueBefore(columns[a].values[0], columns[b].values[0], descending);
    const int compared = CompareLabels(series[a].labels, series[b].labels, call);
    return descending ? compared > 0 : compared < 0;
  });
  std::vector<SeriesMeta> sorted_series;
  std::vector<Column> sorted_columns;
  for (const size_t i : order) {
    sorted_series.push_back(series[i]);
    sorted_columns.push_back(std::move(columns[i]));
  }
  return VectorOperatorPtr(std::make_unique<MaterializedOperator>(grid, std::move(sorted_series), std::move(sorted_columns)));
}

}  // namespace epi::promql
