// Quantile of plain numbers, as in quantile() and quantile_over_time().
#pragma once

#include <cmath>
#include <span>
#include <vector>

namespace epi::promql {

// Interpolates linearly at rank q * (n - 1). NaN sorts lowest. NaN for no values or a NaN q; -Inf below 0, +Inf above 1.
// Reorders *values.
double QuantileOf(double q, std::vector<double>* values);
// The same of values in order.
double QuantileOfSorted(double q, std::span<const double> values);

// The order: NaN before all others.
inline bool NanFirst(double a, double b) {
  if (std::isnan(a)) return !std::isnan(b);
  return a < b;
}

}  // namespace epi::promql
