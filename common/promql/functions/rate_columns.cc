#include "common/promql/functions/rate_columns.h"

#include "common/base/vector_clones.h"

namespace epi::promql {
namespace {

// The choices of Extrapolation::Factor() as selections between values that are all computed, so that the compiler can take several
// steps at a time.
template <bool kCounter, bool kPerSecond>
__attribute__((always_inline)) inline void Extrapolate(const RateColumns& in, size_t steps, double range_seconds, double* out) {
  for (size_t i = 0; i < steps; ++i) {
    const double sampled = in.sampled_ms[i] / 1000;
    const double average = sampled / in.gaps[i];
    const double threshold = average * 1.1;
    const double half = average / 2;
    double to_start = in.to_start_ms[i] / 1000;
    double to_end = in.to_end_ms[i] / 1000;
    to_start = to_start >= threshold ? half : to_start;
    to_end = to_end >= threshold ? half : to_end;
    const double change = in.change[i];
    if (kCounter) {
      const double first = in.first_value[i];
      const double to_zero = sampled * (first / change);
      double limited = to_zero < to_start ? to_zero : to_start;
      limited = first >= 0 ? limited : to_start;
      to_start = change > 0 ? limited : to_start;
    }
    double factor = (sampled + to_start + to_end) / sampled;
    if (kPerSecond) factor /= range_seconds;
    out[i] = change * factor;
  }
}

EPI_VECTOR_CLONES void Rate(const RateColumns& in, size_t steps, double range_seconds, double* out) {
  Extrapolate<true, true>(in, steps, range_seconds, out);
}
EPI_VECTOR_CLONES void Increase(const RateColumns& in, size_t steps, double range_seconds, double* out) {
  Extrapolate<true, false>(in, steps, range_seconds, out);
}
EPI_VECTOR_CLONES void Delta(const RateColumns& in, size_t steps, double range_seconds, double* out) {
  Extrapolate<false, false>(in, steps, range_seconds, out);
}

}  // namespace

void ExtrapolateColumns(const RateColumns& columns, size_t steps, RateKind kind, double range_seconds, double* out) {
  if (!kind.counter) return Delta(columns, steps, range_seconds, out);
  if (!kind.per_second) return Increase(columns, steps, range_seconds, out);
  return Rate(columns, steps, range_seconds, out);
}

}  // namespace epi::promql
