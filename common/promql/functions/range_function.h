// Functions over ranges: rate, *_over_time, deriv … as kernels that are run over all windows of one series.
//
//   RunWindows<Kernel>:   for every step: move the feed's window; kernel.Step(frame)
//
// A kernel is constructed once per series. Step() looks at the window, writes the step's value into the output column or
// leaves it absent, and may keep what it learnt from samples by their absolute numbers: windows only move forward.
#pragma once

#include <array>
#include <string_view>

#include "common/promql/ast.h"
#include "common/promql/operators/annotation_sink.h"
#include "common/promql/operators/column.h"
#include "common/promql/operators/sample_feed.h"
#include "common/promql/operators/scalar_column.h"
#include "common/promql/operators/time_shift.h"
#include "common/promql/options.h"
#include "common/promql/plan/step_grid.h"

namespace epi::promql {

// Everything about one series' run.
struct RangeRun {
  SampleFeed* feed = nullptr;
  StepGrid grid;
  TimeShift shift;
  int64_t range_ms = 0;
  RangeEdges edges = RangeEdges::kPlain;
  int64_t lookback_ms = 0;
  bool use_start_times = false;
  bool type_labels = false;
  std::string_view function;  // Its name.
  std::string_view metric_name;
  std::string_view type_label;
  PositionRange position;        // Of the first argument.
  const Annotator* annotator = nullptr;
  // Scalar arguments, in order of writing.
  std::array<const ScalarColumn*, 2> params = {};
  Column* out = nullptr;
  int64_t points = 0;      // Points of all windows.
  int64_t points_max = 0;  // Of the largest window.
};

// One step of it.
struct RangeFrame {
  size_t step = 0;
  int64_t t_ms = 0;      // The evaluation time.
  int64_t left_ms = 0;   // The window is (left_ms, right_ms].
  int64_t right_ms = 0;
  // The feed's own: they are looked at where they are, since copies of what was just stored are slow.
  const FloatWindow& floats;
  const HistogramWindow& histograms;
};

// How far beyond its edges a kernel needs to see.
struct RangeReach {
  int64_t left_ms = 0;
  int64_t right_ms = 0;
};

using RangeFunctionRun = Status (*)(RangeRun* run);

struct RangeFunction {
  std::string_view name;
  RangeFunctionRun run = nullptr;
  bool keeps_name = false;
};

// Null when `name` is no function over ranges (absent_over_time is none: it looks at all series at once).
const RangeFunction* FindRangeFunction(std::string_view name);

// The functions of the families.
std::span<const RangeFunction> OverTimeFunctions();
std::span<const RangeFunction> RateFunctions();
std::span<const RangeFunction> TrendFunctions();
// rate, increase, delta, changes and resets with anchored or smoothed edges. Null for others.
RangeFunctionRun FindExtendedRangeFunction(std::string_view name);

int64_t WindowPoints(const FloatWindow& floats, const HistogramWindow& histograms);

// Steps from `first` on. The kernel may have seen earlier ones.
template <typename Kernel>
Status RunWindowsFrom(size_t first, RangeRun* run, Kernel* kernel, RangeReach reach = {}) {
  RangeFrame frame{.step = first, .floats = run->feed->floats(), .histograms = run->feed->histograms()};
  const size_t steps = run->grid.steps();
  for (; frame.step < steps; ++frame.step) {
    frame.t_ms = run->grid.TimeAt(frame.step);
    frame.right_ms = run->shift.ReferenceTime(frame.t_ms);
    frame.left_ms = frame.right_ms - run->range_ms;
    RETURN_IF_ERROR(run->feed->Advance(frame.left_ms - reach.left_ms, frame.right_ms + reach.right_ms));
    if (frame.floats.empty() && frame.histograms.empty()) continue;
    const int64_t points = frame.histograms.empty() ? static_cast<int64_t>(frame.floats.size)
                                                    : WindowPoints(frame.floats, frame.histograms);
    run->points += points;
    if (points > run->points_max) run->points_max = points;
    RETURN_IF_ERROR(kernel->Step(frame));
  }
  return OkStatus();
}

template <typename Kernel>
Status RunWindows(RangeRun* run, RangeReach reach = {}) {
  Kernel kernel(run);
  return RunWindowsFrom(0, run, &kernel, reach);
}

// For kernels that look at floats only: skips windows without, and says so once when histograms were passed over.
template <typename Kernel>
class FloatsOnly {
 public:
  explicit FloatsOnly(RangeRun* run) : kernel_(run), run_(run) {}
  Status Step(const RangeFrame& frame) {
    if (frame.floats.empty()) return OkStatus();
    if (!frame.histograms.empty() && !told_) {
      told_ = true;
      run_->annotator->Add(HistogramIgnoredInMixedRangeInfo(run_->metric_name, run_->position));
    }
    return kernel_.Step(frame);
  }

 private:
  Kernel kernel_;
  RangeRun* const run_;
  bool told_ = false;
};

}  // namespace epi::promql
