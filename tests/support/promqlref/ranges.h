// Functions over range vectors: each gets one series' samples of one window.
#pragma once

#include <optional>

#include "common/promql/ast.h"
#include "tests/support/promqlref/evaluation.h"

namespace epi::promqlref {

struct Window {
  // In time order: those in (left, right], and those within the lookback around for anchored (before) and smoothed (around).
  std::vector<Point> floats;
  std::vector<Point> histograms;
  int64_t t_ms = 0;
  int64_t left_ms = 0;
  int64_t right_ms = 0;
  double range_seconds = 0;
  promql::RangeEdges edges = promql::RangeEdges::kPlain;
  std::vector<double> params;  // The scalar arguments.
  std::string_view metric_name;
  promql::PositionRange position;  // Of the first argument.
  Evaluation* evaluation = nullptr;

  bool mixed() const { return !floats.empty() && !histograms.empty(); }
  // Floats and histograms in one order.
  std::vector<Point> All() const;
  void Annotate(promql::Annotation annotation) const { evaluation->Annotate(std::move(annotation)); }
};

using Maybe = std::optional<Sample>;
using RangeFunction = Result<Maybe> (*)(const Window& window);

// Each file's functions, by name; null for others.
RangeFunction FindOverTime(std::string_view name);
RangeFunction FindRate(std::string_view name);
RangeFunction FindTrend(std::string_view name);
// rate, increase and delta of anchored and smoothed windows.
Result<Maybe> ExtendedRate(const Window& window, bool is_counter, bool per_second);
// The window without what lies before the anchor; nothing when no sample is inside.
std::optional<std::vector<Point>> FromAnchor(const Window& window);

// Did the counter start anew, as far as start times say?
bool StartTimeReset(const Point& before, const Point& point);
// Annotations that several share.
void NoteReconciled(const Window& window, bool reconciled, promql::HistogramOperation operation);

}  // namespace epi::promqlref
