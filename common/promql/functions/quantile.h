// Quantile of plain numbers, as in quantile() and quantile_over_time().
#pragma once

#include <vector>

namespace epi::promql {

// Interpolates linearly at rank q * (n - 1). NaN sorts lowest. NaN for no values or a NaN q; -Inf below 0, +Inf above 1.
// Reorders *values.
double QuantileOf(double q, std::vector<double>* values);

}  // namespace epi::promql
