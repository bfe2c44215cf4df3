// What the reference evaluator computes with: vectors step by step, and series as lists of points.
//
// Units: times are Unix milliseconds.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/labels/labels.h"
#include "common/promql/value.h"
#include "common/series/histogram.h"

namespace epi::promqlref {

using labels::Labels;
using promql::HistogramPtr;
using series::FloatHistogram;

// One value: a float, or (histogram is set) a native histogram.
struct Sample {
  double value = 0;
  HistogramPtr histogram;
  bool is_histogram() const { return histogram != nullptr; }
};

// One element of an instant vector.
struct Element {
  Labels labels;
  bool drop_name = false;  // With delayed name removal: the name goes when the query is done.
  Sample sample;
};
using Vector = std::vector<Element>;
// An instant vector per step.
using Steps = std::vector<Vector>;

// One sample of a series.
struct Point {
  int64_t t_ms = 0;
  int64_t start_ms = 0;  // 0: unknown.
  Sample sample;
};

// One series, with its samples in time order.
struct Track {
  Labels labels;
  bool drop_name = false;
  std::vector<Point> points;
};

// The times start, start + step, …, up to the end.
struct Grid {
  int64_t start_ms = 0;
  int64_t end_ms = 0;
  int64_t step_ms = 1;

  size_t size() const { return end_ms < start_ms ? 0 : static_cast<size_t>((end_ms - start_ms) / step_ms) + 1; }
  int64_t At(size_t step) const { return start_ms + static_cast<int64_t>(step) * step_ms; }
  int64_t Last() const { return size() == 0 ? end_ms : At(size() - 1); }
  Grid FirstOnly() const { return {start_ms, start_ms, step_ms}; }
};

inline double Seconds(int64_t ms) { return static_cast<double>(ms) / 1000; }
inline Sample Float(double value) { return {value, nullptr}; }
inline Sample Native(FloatHistogram histogram) { return {0, std::make_shared<const FloatHistogram>(std::move(histogram))}; }

}  // namespace epi::promqlref
