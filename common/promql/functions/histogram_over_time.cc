#include "common/promql/functions/histogram_over_time.h"

#include "common/promql/operators/histogram_notes.h"
#include "common/series/float_histogram_sum.h"

namespace epi::promql {
namespace {

series::FloatHistogram Value(const series::FloatHistogramSum& sum) { return sum.Sum(); }
series::FloatHistogram Value(const series::FloatHistogramMean& mean) { return mean.Mean(); }

template <typename Total>
void AddUp(RangeRun* run, const RangeFrame& frame) {
  const HistogramWindow& window = frame.histograms;
  Total total(*window.values[0]);
  HintTally hints;
  hints.Add(window.values[0]->counter_reset_hint);
  series::CombineNotes notes;
  for (size_t i = 1; i < window.size; ++i) {
    hints.Add(window.values[i]->counter_reset_hint);
    const Result<series::CombineNotes> added = total.Add(*window.values[i]);
    if (!added.ok()) {
      run->annotator->Add(MixedExponentialCustomHistogramsWarning(run->metric_name, run->position));
      return;
    }
    notes.Merge(*added);
  }
  notes.counter_reset_collision = hints.Collide();
  AddNotes(notes, HistogramOperation::kAggregation, run->position, run->annotator);
  run->out->SetHistogram(frame.step, std::make_shared<const series::FloatHistogram>(Value(total)));
}

}  // namespace

void SumHistogramsOverTime(RangeRun* run, const RangeFrame& frame, HistogramTotal total) {
  if (!frame.floats.empty()) {
    run->annotator->Add(MixedFloatsHistogramsWarning(run->metric_name, run->position));
  } else if (total == HistogramTotal::kSum) {
    AddUp<series::FloatHistogramSum>(run, frame);
  } else {
    AddUp<series::FloatHistogramMean>(run, frame);
  }
}

}  // namespace epi::promql
