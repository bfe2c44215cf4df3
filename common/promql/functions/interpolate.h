// Values between two samples. A counter that was reset in between is taken to rise from zero.
#pragma once

#include <memory>

#include "common/base/status.h"
#include "common/series/float_histogram_math.h"

namespace epi::promql {

inline double Interpolate(double before, double after, double fraction, bool is_counter) {
  if (is_counter && after < before) return after * fraction;
  return before + (after - before) * fraction;
}

// Whether custom bounds had to be reconciled on the way.
struct InterpolationNotes {
  bool subtracting = false;
  bool adding = false;
};

// InvalidArgument on a mix of exponential and custom buckets.
Result<series::FloatHistogram> Interpolate(const series::FloatHistogram& before, const series::FloatHistogram& after,
                                           double fraction, bool is_counter, InterpolationNotes* notes);

}  // namespace epi::promql
