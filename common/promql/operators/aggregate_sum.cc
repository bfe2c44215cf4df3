// sum and avg, of floats and of native histograms.
#include <memory>

#include "common/promql/functions/kahan.h"
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

class SumCells {
 public:
  SumCells(size_t groups, size_t steps, bool mean) : steps_(steps), mean_(mean), seen_(groups), histograms_(groups) {
    if (mean) {
      means_.resize(groups * steps);
    } else {
      sums_.resize(groups * steps);
    }
    for (StepBits& bits : seen_) bits.Reset(steps);
  }
  static uint64_t Bytes(size_t groups, size_t steps, bool mean) {
    return groups * steps * (mean ? sizeof(KahanMean) : sizeof(KahanSum)) + groups * (steps / 8 + sizeof(StepBits));
  }

  void AddFloats(size_t group, const Column& column) {
    if (mean_) {
      KahanMean* cells = &means_[group * steps_];
      column.valid.ForEach([&](size_t step) { cells[step].Add(column.values[step]); });
    } else if (seen_[group].Any()) {
      AddSums(group, column);
    } else {
      KahanSum* cells = &sums_[group * steps_];
      column.valid.ForEach([&](size_t step) { cells[step].sum = column.values[step]; });
    }
    seen_[group] |= column.valid;
  }

  // Adds the notes of additions to *notes; false when exponential and custom buckets met.
  bool AddHistogram(size_t group, size_t step, const series::FloatHistogram& histogram, series::CombineNotes* notes) {
    if (histograms_[group].empty()) histograms_[group].resize(steps_);
    HistogramCell& cell = histograms_[group][step];
    const bool first = cell.sum == nullptr && cell.mean == nullptr;
    if (first && seen_[group].Test(step)) cell.after_float = true;
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

  // The group's column. *mixed is set when floats met histograms, *collision when reset hints contradict each other.
  Column Finish(size_t group, bool* mixed, bool* collision) {
    Column column(steps_);
    column.valid = seen_[group];
    column.valid.ForEach([&](size_t step) {
      const size_t cell = group * steps_ + step;
      column.values[step] = mean_ ? means_[cell].Mean() : sums_[cell].Total();
    });
    for (size_t step = 0; step < histograms_[group].size(); ++step) {
      const HistogramCell& cell = histograms_[group][step];
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
  void AddSums(size_t group, const Column& column) {
    KahanSum* cells = &sums_[group * steps_];
    const double* values = column.values.data();
    if (column.valid.All() && seen_[group].All()) {
      for (size_t step = 0; step < steps_; ++step) cells[step].Add(values[step]);
      return;
    }
    const StepBits& seen = seen_[group];
    column.valid.ForEach([&](size_t step) {
      if (seen.Test(step)) {
        cells[step].Add(values[step]);
      } else {
        cells[step].sum = values[step];
      }
    });
  }

  const size_t steps_;
  const bool mean_;
  std::vector<KahanSum> sums_;
  std::vector<KahanMean> means_;
  std::vector<StepBits> seen_;                          // Per group: steps with a float.
  std::vector<std::vector<HistogramCell>> histograms_;  // Per group: empty, or one per step.
};

}  // namespace

Result<VectorOperatorPtr> AggregateSum(QueryState* query, const AggregateExpr& aggregate, VectorOperatorPtr input) {
  const StepGrid grid = input->grid();
  const bool mean = aggregate.op == AggregateOp::kAvg;
  const PositionRange position = ArgPosition(*aggregate.expr);
  Grouping grouping = GroupSeries(input->series(), aggregate);
  const size_t groups = grouping.groups.size();
  RETURN_IF_ERROR(query->Charge(SumCells::Bytes(groups, grid.steps(), mean), OpText(aggregate.op)));
  SumCells cells(groups, grid.steps(), mean);
  const Annotator annotator(query->annotations());
  series::CombineNotes notes;
  RETURN_IF_ERROR(ForEachColumn(query, input.get(), [&](size_t index, Column* column) {
    const size_t group = grouping.group_of[index];
    if (!column->Empty()) grouping.MarkSeen(input->series()[index], index);
    cells.AddFloats(group, *column);
    for (size_t step = 0; step < column->histograms.size(); ++step) {
      const HistogramPtr& histogram = column->histograms[step];
      if (histogram == nullptr || cells.AddHistogram(group, step, *histogram, &notes)) continue;
      const std::string_view name = input->series()[index].labels.metric_name();
      annotator.Add(MixedExponentialCustomHistogramsWarning(name, position));
    }
    return OkStatus();
  }));
  input.reset();
  bool mixed = false;
  std::vector<Column> columns;
  RETURN_IF_ERROR(query->Charge(groups * Column::BytesFor(grid.steps()), OpText(aggregate.op)));
  for (size_t group = 0; group < groups; ++group) {
    columns.push_back(cells.Finish(group, &mixed, &notes.counter_reset_collision));
  }
  if (mixed) annotator.Add(MixedFloatsHistogramsAggWarning(position));
  AddNotes(notes, HistogramOperation::kAggregation, position, &annotator);
  return VectorOperatorPtr(std::make_unique<MaterializedOperator>(grid, std::move(grouping.groups), std::move(columns)));
}

}  // namespace epi::promql
