// A native histogram as text: {count:20, sum:10, [-2,-1):2, [-0.001,0.001]:2, (0.5,1]:1}.
#pragma once

#include <string>

#include "common/series/histogram.h"

namespace epi::promql {

// Numbers are Go's %g; empty buckets are left out.
std::string HistogramText(const series::FloatHistogram& histogram);

}  // namespace epi::promql
