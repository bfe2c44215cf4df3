#include "common/promql/functions/kahan_columns.h"

#include <cmath>
#include <limits>

#include "common/base/vector_clones.h"

namespace epi::promql {

namespace {

EPI_VECTOR_CLONES void AddAll(const double* __restrict x, double* __restrict s, double* __restrict c, size_t size) {
  // Both ways to compensate are computed and one is chosen: no branch, so that the compiler can take several at a time.
  for (size_t i = 0; i < size; ++i) {
    const double total = s[i] + x[i];
    const double sum_larger = (s[i] - total) + x[i];
    const double value_larger = (x[i] - total) + s[i];
    const double lost = std::fabs(s[i]) >= std::fabs(x[i]) ? sum_larger : value_larger;
    c[i] = std::fabs(total) > std::numeric_limits<double>::max() ? 0 : c[i] + lost;
    s[i] = total;
  }
}

}  // namespace

void AddKahan(std::span<const double> values, std::span<double> sums, std::span<double> compensations) {
  AddAll(values.data(), sums.data(), compensations.data(), values.size());
}

}  // namespace epi::promql
