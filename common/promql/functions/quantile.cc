#include "common/promql/functions/quantile.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace epi::promql {
namespace {

bool NanFirst(double a, double b) {
  if (std::isnan(a)) return !std::isnan(b);
  return a < b;
}

}  // namespace

double QuantileOf(double q, std::vector<double>* values) {
  if (values->empty() || std::isnan(q)) return std::numeric_limits<double>::quiet_NaN();
  if (q < 0) return -std::numeric_limits<double>::infinity();
  if (q > 1) return std::numeric_limits<double>::infinity();
  const double rank = q * static_cast<double>(values->size() - 1);
  const auto lower = static_cast<size_t>(std::floor(rank));
  const size_t upper = std::min(values->size() - 1, lower + 1);
  const auto lower_it = values->begin() + static_cast<std::ptrdiff_t>(lower);
  std::nth_element(values->begin(), lower_it, values->end(), NanFirst);
  const double low = *lower_it;
  const double high = upper == lower ? low : *std::min_element(lower_it + 1, values->end(), NanFirst);
  const double weight = rank - std::floor(rank);
  return low * (1 - weight) + high * weight;
}

}  // namespace epi::promql
