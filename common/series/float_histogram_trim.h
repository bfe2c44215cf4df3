// PromQL's trim operators on native histograms: `h </ v` keeps the observations below v, `h >/ v` those above.
#pragma once

#include "common/series/histogram.h"

namespace epi::series {

enum class TrimKeep : uint8_t { kBelow, kAbove };

// A bucket that v cuts is split by interpolation (logarithmic; linear in custom and zero buckets). Infinite buckets are kept or
// dropped whole. Count and sum are estimated anew, from bucket midpoints, only when something was cut off.
void Trim(FloatHistogram* histogram, double value, TrimKeep keep);

}  // namespace epi::series
