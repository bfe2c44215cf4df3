#include "common/promql/operators/smoothed_selector.h"

#include <algorithm>

#include "common/promql/functions/interpolate.h"
#include "common/promql/operators/sample_feed.h"
#include "common/promql/operators/time_shift.h"

namespace epi::promql {
namespace {

class SmoothedSelector final : public VectorOperator {
 public:
  SmoothedSelector(QueryState* query, const VectorSelector& selector, const StepGrid& grid)
      : VectorOperator(grid), query_(query), selector_(selector), selected_(*query->Selected(selector)), shift_(selector.time),
        hold_(query->samples()), annotator_(query->annotations()), lanes_(query->pool()->workers()) {
    for (const auto& series : selected_.series) series_.push_back({series->labels(), false});
  }

  Status Fill(size_t index, size_t worker, Column* out) override {
    out->Reset(grid().steps());
    Lane& lane = lanes_[worker];
    lane.cursor = TRY(selected_.series[index]->Samples(std::move(lane.cursor)));
    lane.feed.Start(lane.cursor.get(), {});
    const int64_t lookback_ms = query_->options().lookback_ms;
    for (size_t step = 0; step < grid().steps(); ++step) {
      const int64_t t_ms = shift_.ReferenceTime(grid().TimeAt(step));
      RETURN_IF_ERROR(lane.feed.Advance(t_ms - lookback_ms, t_ms + lookback_ms));
      Smooth(lane.feed, index, t_ms, step, out);
    }
    const int64_t points = ColumnPoints(*out);
    query_->samples()->CountRead(points);
    return hold_.Add(points);
  }

 private:
  struct Lane {
    std::unique_ptr<series::SampleCursor> cursor;
    SampleFeed feed;
  };

  // Index of the newest sample not after t_ms; nothing when all are later.
  template <typename T>
  static std::optional<size_t> NewestUntil(const SampleWindow<T>& window, int64_t t_ms) {
    const int64_t* after = std::upper_bound(window.times_ms, window.times_ms + window.size, t_ms);
    if (after == window.times_ms) return std::nullopt;
    return static_cast<size_t>(after - window.times_ms) - 1;
  }
  template <typename T>
  static WayPoint WayTo(const SampleWindow<T>& window, size_t at, int64_t t_ms) {
    if (at + 1 == window.size) return {};
    const int64_t* times = window.times_ms;
    return {static_cast<double>(t_ms - times[at]), static_cast<double>(times[at + 1] - times[at])};
  }

  void Smooth(const SampleFeed& feed, size_t index, int64_t t_ms, size_t step, Column* out) const {
    const FloatWindow floats = feed.floats();
    const HistogramWindow histograms = feed.histograms();
    if (!floats.empty() && !histograms.empty()) {
      annotator_.Add(MixedFloatsHistogramsWarning(NameOf(index), selector_.position));
      return;
    }
    if (const auto at = NewestUntil(floats, t_ms)) {
      const WayPoint way = WayTo(floats, *at, t_ms);
      const double next = floats.values[way.elapsed > 0 ? *at + 1 : *at];
      out->SetFloat(step, way.elapsed > 0 ? Interpolate(floats.values[*at], next, way, false) : next);
    }
    if (const auto at = NewestUntil(histograms, t_ms)) SmoothHistogram(histograms, *at, index, t_ms, step, out);
  }

  void SmoothHistogram(const HistogramWindow& window, size_t at, size_t index, int64_t t_ms, size_t step, Column* out) const {
    const double fraction = WayTo(window, at, t_ms).fraction();
    if (fraction == 0) return out->SetHistogram(step, window.values[at]);
    const series::FloatHistogram& before = *window.values[at];
    const series::FloatHistogram& after = *window.values[at + 1];
    const auto is_gauge = [](const auto& one) { return one.counter_reset_hint == series::CounterResetHint::kGauge; };
    InterpolationNotes notes;
    Result<series::FloatHistogram> between = Interpolate(before, after, fraction, !is_gauge(before) || !is_gauge(after), &notes);
    if (notes.subtracting) annotator_.Add(MismatchedCustomBucketsInfo(HistogramOperation::kSubtraction, selector_.position));
    if (notes.adding) annotator_.Add(MismatchedCustomBucketsInfo(HistogramOperation::kAddition, selector_.position));
    if (!between.ok()) {
      annotator_.Add(MixedExponentialCustomHistogramsWarning(NameOf(index), selector_.position));
      return;
    }
    out->SetHistogram(step, std::make_shared<const series::FloatHistogram>(std::move(between).value()));
  }

  std::string_view NameOf(size_t index) const { return series_[index].labels.metric_name(); }

  QueryState* const query_;
  const VectorSelector& selector_;
  const SelectedSeries& selected_;
  const TimeShift shift_;
  SampleTracker::Hold hold_;
  const Annotator annotator_;
  std::vector<Lane> lanes_;  // Per worker.
};

}  // namespace

Result<VectorOperatorPtr> MakeSmoothedSelector(QueryState* query, const VectorSelector& selector, const StepGrid& grid) {
  return VectorOperatorPtr(std::make_unique<SmoothedSelector>(query, selector, grid));
}

}  // namespace epi::promql
