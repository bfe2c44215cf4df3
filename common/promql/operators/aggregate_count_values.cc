// count_values: one output series per group and distinct value.
#include <algorithm>
#include <unordered_map>

#include "common/base/go_float.h"
#include "common/base/go_quote.h"
#include "common/base/str_cat.h"
#include "common/base/utf8.h"
#include "common/promql/functions/histogram_text.h"
#include "common/promql/operators/aggregate.h"
#include "common/promql/operators/build.h"
#include "common/promql/operators/grouping.h"
#include "common/promql/operators/stream.h"

namespace epi::promql {
namespace {

class ValueCounts {
 public:
  ValueCounts(QueryState* query, std::string label, size_t steps) : query_(query), label_(std::move(label)), steps_(steps) {}

  Status Add(const labels::Labels& group, const Column& column) {
    std::string text;
    for (size_t step = 0; step < steps_; ++step) {
      text.clear();
      if (const HistogramPtr* histogram = column.HistogramAt(step)) {
        text = HistogramText(**histogram);
      } else if (column.HasFloat(step)) {
        AppendFloatF(&text, column.values[step]);
      } else {
        continue;
      }
      Column* counts = TRY(ColumnOf(group, text));
      counts->SetFloat(step, (counts->HasFloat(step) ? counts->values[step] : 0) + 1);
    }
    return OkStatus();
  }

  VectorOperatorPtr Finish(const StepGrid& grid) {
    return std::make_unique<MaterializedOperator>(grid, std::move(series_), std::move(columns_));
  }

 private:
  Result<Column*> ColumnOf(const labels::Labels& group, const std::string& text) {
    labels::LabelsBuilder builder(group);
    if (!label_.empty()) builder.Set(label_, text);
    labels::Labels labels = builder.Build();
    const auto [it, added] = known_.try_emplace(std::string(labels.encoded()), series_.size());
    if (added) {
      RETURN_IF_ERROR(query_->Charge(Column::BytesFor(steps_) + 2 * labels.encoded().size(), "count_values"));
      series_.push_back({std::move(labels), false});
      columns_.emplace_back(steps_);
    }
    return &columns_[it->second];
  }

  QueryState* const query_;
  const std::string label_;
  const size_t steps_;
  std::unordered_map<std::string, size_t> known_;
  std::vector<SeriesMeta> series_;
  std::vector<Column> columns_;
};

}  // namespace

Result<VectorOperatorPtr> AggregateCountValues(QueryState* query, const AggregateExpr& aggregate, VectorOperatorPtr input) {
  const std::string& label = StringValue(*aggregate.param);
  if (label.empty() || !IsValidUtf8(label)) return FailedPreconditionError(StrCat("invalid label name ", GoQuote(label)));
  const Grouping grouping = GroupSeries(input->series(), aggregate);
  // The value is part of the group, so that without(…) can take it away again. Names that are kept are kept for good.
  const bool removed = aggregate.without && std::find(aggregate.grouping.begin(), aggregate.grouping.end(), label) != aggregate.grouping.end();
  ValueCounts counts(query, removed ? "" : label, input->grid().steps());
  RETURN_IF_ERROR(ForEachColumn(query, input.get(), [&](size_t index, Column* column) {
    return counts.Add(grouping.groups[grouping.group_of[index]].labels, *column);
  }));
  return counts.Finish(input->grid());
}

}  // namespace epi::promql
