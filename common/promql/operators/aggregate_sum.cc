// sum and avg, of floats and of native histograms.
#include <memory>

#include "common/promql/functions/kahan.h"
#include "common/promql/functions/kahan_columns.h"
#include "common/promql/operators/aggregate.h"
#include "common/promql/operators/build.h"
#include "common/promql/operators/grouping.h"
#include "common/promql/operators/histogram_notes.h"
#include "common/promql/operators/stream.h"
#include "common/series/float_histogram_sum.h"

namespace epi::promql {
namespace {

// Histograms of one group at one step.
struct HistogramCell {
  std::unique_ptr<series::FloatHistogramSum> sum;
  std::unique_ptr<series::FloatHistogramMean> mean;
  HintTally hints;
  bool incompatible = false;  // Exponential and custom buckets met: no result.
  bool after_float = false;   // A float came first: not even looked at.
};

// The running totals of one group.
class SumGroup {
 public:
  SumGroup(size_t steps, bool mean) : mean_(mean), seen_(steps) {
    if (mean) {
      means_.resize(steps);
    } else {
      sums_.resize(steps);
      compensations_.resize(steps);
    }
  }
  static uint64_t Bytes(size_t steps, bool mean) {
    return sizeof(SumGroup) + steps * (mean ? sizeof(KahanMean) : sizeof(KahanSum)) + steps / 8;
  }

  void AddFloats(const Column& column) {
    if (mean_) {
      column.valid.ForEach([&](size_t step) { means_[step].Add(column.values[step]); });
    } else if (column.valid.All() && seen_.All()) {
      AddKahan(column.values, sums_, compensations_);
    } else {
      AddSums(column);
    }
    seen_ |= column.valid;
  }

  // Adds the notes of additions to *notes; false when exponential and custom buckets met.
  bool AddHistogram(size_t step, const series::FloatHistogram& histogram, series::CombineNotes* notes) {
    if (histograms_.empty()) histograms_.resize(seen_.size());
    HistogramCell& cell = histograms_[step];
    const bool first = cell.sum == nullptr && cell.mean == nullptr;
    if (first && seen_.Test(step)) cell.after_float = true;
    if (cell.incompatible || cell.after_float) return true;
    cell.hints.Add(histogram.counter_reset_hint);
    if (first) {
      if (mean_) {
        cell.mean = std::make_unique<series::FloatHistogramMean>(histogram);
      } else {
        cell.sum = std::make_unique<series::FloatHistogramSum>(histogram);
      }
      return true;
    }
    const Result<series::CombineNotes> added = mean_ ? cell.mean->Add(histogram) : cell.sum->Add(histogram);
    if (!added.ok()) {
      cell.incompatible = true;
      return false;
    }
    notes->custom_bounds_reconciled |= added->custom_bounds_reconciled;
    return true;
  }

  // *mixed is set when floats met histograms, *collision when reset hints contradict each other.
  Column Finish(bool* mixed, bool* collision) const {
    Column column(seen_.size());
    column.valid = seen_;
    column.valid.ForEach([&](size_t step) {
      column.values[step] = mean_ ? means_[step].Mean() : sums_[step] + compensations_[step];
    });
    for (size_t step = 0; step < histograms_.size(); ++step) {
      const HistogramCell& cell = histograms_[step];
      if (cell.sum == nullptr && cell.mean == nullptr && !cell.after_float) continue;
      if (column.HasFloat(step)) {
        *mixed = true;
        column.ClearStep(step);
      } else if (!cell.incompatible) {
        *collision |= cell.hints.Collide();
        column.SetHistogram(step, std::make_shared<const series::FloatHistogram>(mean_ ? cell.mean->Mean() : cell.sum->Sum()));
      }
    }
    return column;
  }

 private:
  void AddSums(const Column& column) {
    column.valid.ForEach([&](size_t step) {
      if (!seen_.Test(step)) {
        sums_[step] = column.values[step];
        return;
      }
      KahanSum cell{sums_[step], compensations_[step]};
      cell.Add(column.values[step]);
      sums_[step] = cell.sum;
      compensations_[step] = cell.compensation;
    });
  }

  const bool mean_;
  StepBits seen_;  // Steps with a float.
  std::vector<double> sums_;
  std::vector<double> compensations_;
  std::vector<KahanMean> means_;
  std::vector<HistogramCell> histograms_;  // Empty, or one per step.
};

class SumAggregation {
 public:
  SumAggregation(QueryState* query, const AggregateExpr& aggregate, const StepGrid& grid)
      : query_(query), what_(OpText(aggregate.op)), position_(ArgPosition(*aggregate.expr)), grid_(grid), mean_(aggregate.op == AggregateOp::kAvg), grouping_(aggregate),
        annotator_(query->annotations()) {}

  Status Add(const SeriesMeta& series, const Column& column) {
    const uint32_t group = grouping_.GroupOf(series);
    if (group == groups_.size()) {
      const uint64_t labels_bytes = 2 * grouping_.group(group).labels.encoded().size();
      RETURN_IF_ERROR(query_->Charge(SumGroup::Bytes(grid_.steps(), mean_) + Column::BytesFor(grid_.steps()) + labels_bytes,
                                     what_));
      groups_.emplace_back(grid_.steps(), mean_);
    }
    if (!column.Empty()) grouping_.MarkSeen(group, series);
    groups_[group].AddFloats(column);
    for (size_t step = 0; step < column.histograms.size(); ++step) {
      const HistogramPtr& histogram = column.histograms[step];
      if (histogram == nullptr || groups_[group].AddHistogram(step, *histogram, &notes_)) continue;
      annotator_.Add(MixedExponentialCustomHistogramsWarning(series.labels.metric_name(), position_));
    }
    return OkStatus();
  }

  VectorOperatorPtr Finish() {
    bool mixed = false;
    std::vector<Column> columns;
    columns.reserve(groups_.size());
    for (const SumGroup& group : groups_) columns.push_back(group.Finish(&mixed, &notes_.counter_reset_collision));
    if (mixed) annotator_.Add(MixedFloatsHistogramsAggWarning(position_));
    AddNotes(notes_, HistogramOperation::kAggregation, position_, &annotator_);
    return std::make_unique<MaterializedOperator>(grid_, grouping_.TakeGroups(), std::move(columns));
  }

 private:
  QueryState* const query_;
  const std::string_view what_;
  const PositionRange position_;
  const StepGrid grid_;
  const bool mean_;
  Grouping grouping_;
  std::vector<SumGroup> groups_;
  const Annotator annotator_;
  series::CombineNotes notes_;
};

}  // namespace

Result<VectorOperatorPtr> AggregateSum(QueryState* query, const AggregateExpr& aggregate, VectorOperatorPtr input) {
  SumAggregation sums(query, aggregate, input->grid());
  RETURN_IF_ERROR(ForEachColumn(query, input.get(), [&sums](size_t, const SeriesMeta& series, Column* column) {
    return sums.Add(series, *column);
  }));
  input.reset();
  return sums.Finish();
}

}  // namespace epi::promql
