// count_values: one output series per group and distinct value.
#include <algorithm>
#include <bit>
#include <cmath>
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

  Status Add(size_t group, const labels::Labels& labels, const Column& column) {
    if (group >= groups_.size()) groups_.resize(group + 1);
    std::unordered_map<uint64_t, size_t>& known = groups_[group];
    uint64_t last_bits = 0;
    size_t last = kNone;
    for (size_t step = 0; step < steps_; ++step) {
      if (const HistogramPtr* histogram = column.HistogramAt(step)) {
        Count(TRY(ColumnOf(labels, HistogramText(**histogram))), step);
      } else if (column.HasFloat(step)) {
        // Values mostly stay from step to step; their texts are made once per group.
        const uint64_t bits = Bits(column.values[step]);
        if (last == kNone || bits != last_bits) {
          const auto [it, added] = known.try_emplace(bits, kNone);
          if (added) it->second = TRY(ColumnOf(labels, FormatFloatF(column.values[step])));
          last = it->second;
          last_bits = bits;
        }
        Count(last, step);
      }
    }
    return OkStatus();
  }

  VectorOperatorPtr Finish(const StepGrid& grid) {
    return std::make_unique<MaterializedOperator>(grid, std::move(series_), std::move(columns_));
  }

 private:
  static constexpr size_t kNone = ~size_t{0};

  static uint64_t Bits(double value) {
    return std::isnan(value) ? series::kNormalNanBits : std::bit_cast<uint64_t>(value);
  }
  void Count(size_t column, size_t step) {
    Column& counts = columns_[column];
    counts.SetFloat(step, (counts.HasFloat(step) ? counts.values[step] : 0) + 1);
  }

  Result<size_t> ColumnOf(const labels::Labels& group, const std::string& text) {
    labels::LabelsBuilder builder(group);
    if (!label_.empty()) builder.Set(label_, text);
    labels::Labels labels = builder.Build();
    const auto [it, added] = known_.try_emplace(std::string(labels.encoded()), series_.size());
    if (added) {
      RETURN_IF_ERROR(query_->Charge(sizeof(Column) + Column::BytesFor(steps_) + 3 * labels.encoded().size() + kValueBytes, "count_values"));
      series_.push_back({std::move(labels), false});
      columns_.emplace_back(steps_);
    }
    return it->second;
  }

  // Nodes of the two maps.
  static constexpr uint64_t kValueBytes = 160;

  QueryState* const query_;
  const std::string label_;
  const size_t steps_;
  std::vector<std::unordered_map<uint64_t, size_t>> groups_;  // Columns by the bits of a value.
  std::unordered_map<std::string, size_t> known_;             // And by labels.
  std::vector<SeriesMeta> series_;
  std::vector<Column> columns_;
};

}  // namespace

Result<VectorOperatorPtr> AggregateCountValues(QueryState* query, const AggregateExpr& aggregate, VectorOperatorPtr input) {
  const std::string& label = StringValue(*aggregate.param);
  if (label.empty() || !IsValidUtf8(label)) return FailedPreconditionError(StrCat("invalid label name ", GoQuote(label)));
  Grouping grouping(aggregate);
  // The value is part of the group, so that without(…) can take it away again. Names that are kept are kept for good.
  const bool removed = aggregate.without && std::find(aggregate.grouping.begin(), aggregate.grouping.end(), label) != aggregate.grouping.end();
  ValueCounts counts(query, removed ? "" : label, input->grid().steps());
  RETURN_IF_ERROR(ForEachColumn(query, input.get(), [&](size_t, const SeriesMeta& series, Column* column) {
    const uint32_t group = grouping.GroupOf(series);
    return counts.Add(group, grouping.group(group).labels, *column);
  }));
  return counts.Finish(input->grid());
}

}  // namespace epi::promql
