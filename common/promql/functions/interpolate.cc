#include "common/promql/functions/interpolate.h"

namespace epi::promql {

Result<series::FloatHistogram> Interpolate(const series::FloatHistogram& before, const series::FloatHistogram& after,
                                           double fraction, bool is_counter, InterpolationNotes* notes) {
  if (before.UsesCustomBuckets() != after.UsesCustomBuckets()) {
    return InvalidArgumentError("histograms of exponential and custom buckets do not mix");
  }
  series::FloatHistogram result = after;
  if (is_counter && series::DetectReset(after, before)) {
    series::Multiply(&result, fraction);
    return result;
  }
  const series::CombineNotes subtracted = TRY(series::Subtract(&result, before));
  series::Multiply(&result, fraction);
  const series::CombineNotes added = TRY(series::Add(&result, before));
  notes->subtracting |= subtracted.custom_bounds_reconciled;
  notes->adding |= added.custom_bounds_reconciled;
  return result;
}

}  // namespace epi::promql
