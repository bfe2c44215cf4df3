// Results of queries: scalar, string, instant vector, matrix; each sample is a float or a native histogram.
//
// Units:    times are Unix milliseconds.
// Owns:     histograms are shared and immutable, so that copies of a result are cheap.
// Contract: a Matrix is sorted by labels and its series are not empty; a Vector is in evaluation order.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "common/labels/labels.h"
#include "common/promql/value_type.h"
#include "common/series/histogram.h"

namespace epi::promql {

using HistogramPtr = std::shared_ptr<const series::FloatHistogram>;

struct Scalar {
  int64_t t_ms = 0;
  double value = 0;
};

struct String {
  int64_t t_ms = 0;
  std::string value;
};

// One element of an instant vector. histogram is null for a float sample.
struct VectorSample {
  labels::Labels labels;
  int64_t t_ms = 0;
  double value = 0;
  HistogramPtr histogram;
};
using Vector = std::vector<VectorSample>;

struct FloatPoint {
  int64_t t_ms = 0;
  double value = 0;
};

struct HistogramPoint {
  int64_t t_ms = 0;
  HistogramPtr histogram;
};

// One series of a matrix. Both columns are in time order, and no time is in both.
struct MatrixSeries {
  labels::Labels labels;
  std::vector<FloatPoint> floats;
  std::vector<HistogramPoint> histograms;
};
using Matrix = std::vector<MatrixSeries>;

using Value = std::variant<Scalar, String, Vector, Matrix>;

ValueType TypeOf(const Value& value);

}  // namespace epi::promql
