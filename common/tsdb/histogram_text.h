// A native histogram as Prometheus prints it in dumps: {count:3, sum:4.5, [-0.001,0.001]:1, (1,2]:2}. Empty buckets are left out.
#pragma once

#include <cstdint>
#include <string>

#include "common/series/histogram.h"

namespace epi::tsdb {

// How counts are written: integer histograms plainly (1000000), float histograms like Go's %g (1e+06).
enum class CountText : uint8_t { kInteger, kFloat };

void AppendHistogramText(const series::FloatHistogram& histogram, CountText counts, std::string* out);

}  // namespace epi::tsdb
