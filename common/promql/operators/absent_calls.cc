#include "common/promql/operators/absent_calls.h"

#include <algorithm>
#include <set>

#include "common/promql/operators/build.h"
#include "common/promql/operators/range_call.h"
#include "common/promql/operators/stream.h"

namespace epi::promql {
namespace {

// A matcher that only takes series away: Prometheus' storage sorts those to the end, and the labels follow from that order.
bool OnlyExcludes(const labels::Matcher& matcher) {
  const bool negative = matcher.type() == labels::MatchType::kNotEqual || matcher.type() == labels::MatchType::kNotRegex;
  return negative && matcher.MatchesEmpty();
}

// The labels that a missing series would have had: those of equality matchers. A matcher after the label's first equality takes it
// away again, one before does not: that is how Prometheus has always done it.
labels::Labels LabelsOfMissing(const Expr& arg) {
  const Expr* inner = Unwrap(&arg);
  const auto* matrix = As<MatrixSelector>(inner);
  const VectorSelector* selector = matrix != nullptr ? matrix->selector.get() : As<VectorSelector>(inner);
  if (selector == nullptr) return {};
  labels::LabelsBuilder builder;
  std::set<std::string_view> equal;
  labels::Matchers matchers = selector->matchers;
  std::stable_partition(matchers.begin(), matchers.end(), [](const labels::Matcher& matcher) { return !OnlyExcludes(matcher); });
  for (const labels::Matcher& matcher : matchers) {
    if (matcher.name() == labels::kMetricName) continue;
    const bool certain = matcher.type() == labels::MatchType::kEqual && equal.insert(matcher.name()).second;
    builder.Set(matcher.name(), certain ? std::string_view(matcher.value()) : std::string_view());
  }
  return builder.Build();
}

}  // namespace

Result<VectorOperatorPtr> BuildAbsent(QueryState* query, const Call& call, const StepGrid& grid) {
  const bool over_time = call.function->name == "absent_over_time";
  VectorOperatorPtr input;
  if (over_time) {
    input = TRY(BuildRangeCall(query, call, grid));
  } else {
    input = TRY(BuildVector(query, *call.args[0], grid));
  }
  Column column(grid.steps());
  std::fill(column.values.begin(), column.values.end(), 1.0);
  column.valid.SetAll();
  RETURN_IF_ERROR(ForEachColumn(query, input.get(), [&column](size_t, const SeriesMeta&, Column* present) {
    column.valid.Subtract(present->Presence());
    return OkStatus();
  }));
  std::vector<SeriesMeta> series;
  series.push_back({LabelsOfMissing(*call.args[0]), false});
  std::vector<Column> columns;
  columns.push_back(std::move(column));
  return VectorOperatorPtr(std::make_unique<MaterializedOperator>(grid, std::move(series), std::move(columns)));
}

}  // namespace epi::promql
