// Compensated sum and mean of many float histograms (Kahan-Neumaier on every total and bucket).
//
// The compensation lives in a second histogram of the same layout: whatever changes the layout of the sum (wider zero bucket,
// coarser schema, fewer custom bounds) changes that of the compensation too.
#pragma once

#include <cstdint>

#include "common/base/status.h"
#include "common/series/float_histogram_math.h"
#include "common/series/histogram.h"

namespace epi::series {

class FloatHistogramSum {
 public:
  // Starts with a first histogram.
  explicit FloatHistogramSum(const FloatHistogram& first);

  // InvalidArgument on a mix of exponential and custom buckets; the sum is unchanged then.
  Result<CombineNotes> Add(const FloatHistogram& histogram);
  // Multiplies sum and compensation.
  void Scale(double factor);

  int64_t count() const { return count_; }
  // Sum plus compensation, compact.
  FloatHistogram Sum() const;
  // Without the compensation.
  const FloatHistogram& raw() const { return sum_; }

 private:
  FloatHistogram sum_;
  FloatHistogram compensation_;
  int64_t count_ = 1;
};

// Mean: the compensated sum divided by the count; once the sum overflows to ±Inf, an incremental mean from there on.
class FloatHistogramMean {
 public:
  explicit FloatHistogramMean(const FloatHistogram& first) : sum_(first) {}
  Result<CombineNotes> Add(const FloatHistogram& histogram);
  FloatHistogram Mean() const;

 private:
  FloatHistogramSum sum_;   // The mean itself once incremental_.
  int64_t count_ = 1;
  bool incremental_ = false;
};

}  // namespace epi::series
