// anchored and smoothed: what a window, or a point in time, is made of when its edges are samples or points between samples.
#pragma once

#include <optional>

#include "tests/support/promqlref/evaluation.h"

namespace epi::promqlref {

// Value of a line between two samples. A counter that fell in between rises from zero.
double Between(const Point& before, const Point& after, int64_t t_ms, bool is_counter);
// InvalidArgument when the two do not go together. Sets *reconciled when custom bounds had to be.
struct ReconciledNotes {
  bool subtracting = false;
  bool adding = false;
};
Result<FloatHistogram> HistogramBetween(const Point& before, const Point& after, int64_t t_ms, bool is_counter,
                                        ReconciledNotes* notes);

struct SmoothedSample {
  std::optional<Sample> sample;
  bool mixed = false;          // Floats and histograms.
  bool mixed_schemas = false;  // Exponential and custom buckets.
  ReconciledNotes notes;
};
// `around` are the samples within the lookback on both sides of t_ms.
SmoothedSample SmoothAt(const std::vector<Point>& around, int64_t t_ms);

// Indexes of the samples that stand at, or just outside of, a window's edges.
struct EdgeSamples {
  bool any = false;
  size_t first = 0;
  size_t last = 0;
};
EdgeSamples FindEdges(const std::vector<Point>& points, int64_t left_ms, int64_t right_ms, bool smoothed);

}  // namespace epi::promqlref
