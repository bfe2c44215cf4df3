// Values between two samples. A counter that was reset in between is taken to rise from zero.
#pragma once

#include <memory>

#include "common/base/status.h"
#include "common/series/float_histogram_math.h"

namespace epi::promql {

// Where on the way: `elapsed` of `distance`, in milliseconds.
struct WayPoint {
  double elapsed = 0;
  double distance = 1;
  double fraction() const { return elapsed / distance; }
};

inline double Interpolate(double before, double after, const WayPoint& at, bool is_counter) {
  const double start = is_counter && after < before ? 0 : before;
  return start + (after - start) * at.elapsed / at.distance;
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
