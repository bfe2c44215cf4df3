#include "common/promql/functions/quantile.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace epi::promql {
namespace {

struct Rank {
  size_t lower = 0;
  size_t upper = 0;
  double weight = 0;  // Of the upper one.
};

Rank RankOf(double q, size_t count) {
  const double rank = q * static_cast<double>(count - 1);
  const auto lower = static_cast<size_t>(std::floor(rank));
  return {lower, std::min(count - 1, lower + 1), rank - std::floor(rank)};
}

std::optional<double> WithoutLooking(double q, size_t count) {
  if (count == 0 || std::isnan(q)) return std::numeric_limits<double>::quiet_NaN();
  if (q < 0) return -std::numeric_limits<double>::infinity();
  if (q > 1) return std::numeric_limits<double>::infinity();
  return std::nullopt;
}

}  // namespace

double QuantileOf(double q, std::vector<double>* values) {
  if (const std::optional<double> known = WithoutLooking(q, values->size())) return *known;
  const Rank rank = RankOf(q, values->size());
  const auto lower_it = values->begin() + static_cast<std::ptrdiff_t>(rank.lower);
  std::nth_element(values->begin(), lower_it, values->end(), NanFirst);
  const double low = *lower_it;
  const double high = rank.upper == rank.lower ? low : *std::min_element(lower_it + 1, values->end(), NanFirst);
  return low * (1 - rank.weight) + high * rank.weight;
}

double QuantileOfSorted(double q, std::span<const double> values) {
  if (const std::optional<double> known = WithoutLooking(q, values.size())) return *known;
  const Rank rank = RankOf(q, values.size());
  return values[rank.lower] * (1 - rank.weight) + values[rank.upper] * rank.weight;
}

}  // namespace epi::promql
