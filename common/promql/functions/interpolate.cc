#include "common/promql/functions/interpolate.h"

namespace epi::promql {

Result<series::FloatHistogram> Interpolate(const series::FloatHistogram& before, const series::FloatHistogram& after,
                                           double fraction, bool is_counter) {
  if (before.UsesCustomBuckets() != after.UsesCustomBuckets()) {
    return InvalidArgumentError("histograms of exponential and custom buckets do not mix");
  }
  series::FloatHistogram result = after;
  if (is_counter && series::DetectReset(after, before)) {
    series::Multiply(&result, fraction);
    return result;
  }
  TRY(series::Subtract(&result, before));
  series::Multiply(&result, fraction);
  TRY(series::Add(&result, before));
  result.counter_reset_hint = after.counter_reset_hint;
  return result;
}

}  // namespace epi::promql
