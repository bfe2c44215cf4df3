// Native histograms that grow, for data sets.
#pragma once

#include <map>

#include "common/series/histogram.h"

namespace epi::promqlgen {

// A histogram as a map of bucket indexes; becomes spans at the end.
struct BucketMap {
  int32_t schema = 0;
  double zero_threshold = 0;
  double zero_count = 0;
  double sum = 0;
  double extra_count = 0;  // Observations in no bucket (NaN).
  std::map<int32_t, double> positive;
  std::map<int32_t, double> negative;
  std::vector<double> custom_values;
  series::CounterResetHint hint = series::CounterResetHint::kUnknown;

  series::FloatHistogram Build() const;
};

}  // namespace epi::promqlgen
