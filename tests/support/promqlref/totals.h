// Sums and means, compensated as PromQL defines them, of floats and of native histograms.
#pragma once

#include <optional>
#include <vector>

#include "common/series/float_histogram_sum.h"
#include "tests/support/promqlref/values.h"

namespace epi::promqlref {

// Neumaier's sum: `lost` is what rounding took away.
struct CompensatedSum {
  double sum = 0;
  double lost = 0;
  void Add(double value);
};

// Starts at `start`; the first value is added to it.
double SumOf(const std::vector<double>& values, double start);
// REQUIRES: not empty.
double MeanOf(const std::vector<double>& values);

// Sum or mean of native histograms, and what was noticed on the way.
class HistogramTotal {
 public:
  explicit HistogramTotal(bool mean) : wants_mean_(mean) {}
  void Add(const FloatHistogram& histogram);

  bool incompatible() const { return incompatible_; }
  bool collision() const { return reset_seen_ && continuation_seen_; }
  bool reconciled() const { return reconciled_; }
  // REQUIRES: something was added, and all was compatible.
  FloatHistogram Value() const;

 private:
  const bool wants_mean_;
  std::optional<series::FloatHistogramSum> sum_;
  std::optional<series::FloatHistogramMean> mean_;
  bool incompatible_ = false;
  bool reset_seen_ = false;
  bool continuation_seen_ = false;
  bool reconciled_ = false;
};

}  // namespace epi::promqlref
