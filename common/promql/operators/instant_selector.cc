#include "common/promql/operators/instant_selector.h"

#include "common/promql/operators/latest_sample.h"
#include "common/promql/operators/merge_equal.h"
#include "common/promql/operators/series_names.h"
#include "common/promql/operators/time_shift.h"

namespace epi::promql {
namespace {

double Seconds(int64_t ms) { return static_cast<double>(ms) / 1000; }

class InstantSelector final : public VectorOperator {
 public:
  InstantSelector(QueryState* query, const VectorSelector& selector, const StepGrid& grid, SampleAspect aspect)
      : VectorOperator(grid), query_(query), selected_(query->Selected(selector)), batches_(query->Batches(selector)), shift_(selector.time), aspect_(aspect),
        resolve_hints_(query->plan().stats_only.contains(&selector)), hold_(query->samples()), spare_cursors_(query->pool()->workers()) {
    ReadSeries();
  }

  bool streams() const override { return batches_ != nullptr; }
  Status FetchBatch(size_t count) override { return batches_->Fetch(count); }
  bool NextBatch() override {
    if (!batches_->Take()) return false;
    ReadSeries();
    return true;
  }

  Status Fill(size_t index, size_t worker, Column* out) override {
    out->Reset(grid().steps());
    std::unique_ptr<series::SampleCursor>& cursor = spare_cursors_[worker];
    cursor = TRY(selected_->series[index]->Samples(std::move(cursor)));
    LatestSample latest(cursor.get(), resolve_hints_);
    const int64_t lookback_ms = query_->options().lookback_ms;
    const size_t steps = grid().steps();
    size_t step = 0;
    while (step < steps) {
      const int64_t t_ms = shift_.ReferenceTime(grid().TimeAt(step));
      RETURN_IF_ERROR(latest.Advance(t_ms - lookback_ms + 1, t_ms));
      if (latest.found() && latest.time_ms() > t_ms - lookback_ms && !latest.stale()) Emit(&latest, step, out);
      ++step;
      if (aspect_ == SampleAspect::kValue && latest.found()) step = latest.FillFloats(grid(), shift_, lookback_ms, step, out);
    }
    selected_->Done(index);
    return Count(*out);
  }

 private:
  void ReadSeries() {
    series_.clear();
    series_.reserve(selected_->series.size());
    for (const auto& series : selected_->series) {
      SeriesMeta meta{series->labels(), false};
      series_.push_back(aspect_ == SampleAspect::kValue ? std::move(meta) : DropName(meta, query_->delayed_names()));
    }
  }

  void Emit(LatestSample* latest, size_t step, Column* out) const {
    if (aspect_ == SampleAspect::kTimestamp) {
      out->SetFloat(step, Seconds(latest->time_ms()));
    } else if (aspect_ == SampleAspect::kStartTimestamp) {
      out->SetFloat(step, query_->features().use_start_timestamps ? Seconds(latest->start_time_ms()) : 0);
    } else if (latest->is_histogram()) {
      out->SetHistogram(step, latest->Histogram());
    } else {
      out->SetFloat(step, latest->value());
    }
  }

  Status Count(const Column& column) {
    const int64_t points = ColumnPoints(column);
    query_->samples()->CountRead(points);
    if (query_->samples()->per_step()) {
      for (size_t step = 0; step < column.steps(); ++step) {
        if (const HistogramPtr* histogram = column.HistogramAt(step)) {
          query_->samples()->CountReadAt(grid().TimeAt(step), HistogramPoints(**histogram));
        } else if (column.HasFloat(step)) {
          query_->samples()->CountReadAt(grid().TimeAt(step), 1);
        }
      }
    }
    return hold_.Add(points);
  }

  QueryState* const query_;
  SelectedSeries* const selected_;
  SeriesBatches* const batches_;  // Null unless streamed.
  const TimeShift shift_;
  const SampleAspect aspect_;
  const bool resolve_hints_;
  SampleTracker::Hold hold_;
  std::vector<std::unique_ptr<series::SampleCursor>> spare_cursors_;  // Per worker.
};

}  // namespace

Result<VectorOperatorPtr> MakeInstantSelector(QueryState* query, const VectorSelector& selector, const StepGrid& grid,
                                              SampleAspect aspect) {
  VectorOperatorPtr op = std::make_unique<InstantSelector>(query, selector, grid, aspect);
  if (aspect == SampleAspect::kValue || query->delayed_names()) return op;
  return MergeEqualSeries(std::move(op), MergeRule::kBySteps);
}

}  // namespace epi::promql
