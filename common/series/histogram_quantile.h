// Quantiles, fractions and spread of native histograms. Those of classic (le-labelled) ones are in classic_histogram.h.
//
// Interpolation: logarithmic inside exponential buckets; linear inside custom buckets and the zero bucket, whose empty side is
//                cut off at 0 when only the other side has buckets.
// NaN observations count but are in no bucket; they show in a NaN sum.
#pragma once

#include "common/series/histogram.h"

namespace epi::series {

// What NaN observations did to a result; PromQL turns it into an annotation.
enum class NanNote : uint8_t {
  kNone,
  kResultIsNan,     // The quantile lies above all buckets.
  kSkewedHigher,    // The quantile is taken as if the NaN observations were +Inf.
  kExcluded,        // A fraction leaves them out.
};

struct NoteworthyValue {
  double value = 0;
  NanNote note = NanNote::kNone;
};

// q below 0 is -Inf, above 1 +Inf; NaN for an empty histogram or a NaN q.
NoteworthyValue HistogramQuantile(double q, const FloatHistogram& histogram);
// Share of observations in (lower, upper]. NaN for an empty histogram or NaN bounds, 0 when lower >= upper.
NoteworthyValue HistogramFraction(double lower, double upper, const FloatHistogram& histogram);
// Estimated from bucket midpoints: geometric for exponential, arithmetic for custom buckets, 0 for buckets around zero.
double HistogramVariance(const FloatHistogram& histogram);

}  // namespace epi::series
