// Samples, as columns. A batch holds consecutive samples of one kind of one series.
//
// Units:  times are Unix milliseconds. A start time (created timestamp of the counter) of 0 means unknown.
// Owns:   a batch's spans belong to the cursor that returned it, until its next call.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <span>

#include "common/series/histogram.h"

namespace epi::series {

// The NaN that says "this series ended here". A signalling NaN: compare bits, never do arithmetic on it.
inline constexpr uint64_t kStaleNanBits = 0x7ff0000000000002ULL;
inline constexpr uint64_t kNormalNanBits = 0x7ff8000000000001ULL;
inline bool IsStaleNan(double value) { return std::bit_cast<uint64_t>(value) == kStaleNanBits; }

inline constexpr int64_t kMinTimeMs = std::numeric_limits<int64_t>::min();
inline constexpr int64_t kMaxTimeMs = std::numeric_limits<int64_t>::max();

struct SampleBatch {
  std::span<const int64_t> times_ms;
  // One of the two is as long as times_ms, the other empty.
  std::span<const double> values;
  std::span<const FloatHistogram> histograms;
  // As long as times_ms, or empty when no sample of the batch has a known start time.
  std::span<const int64_t> start_times_ms;

  size_t size() const { return times_ms.size(); }
  bool empty() const { return times_ms.empty(); }
  bool is_histogram() const { return !histograms.empty(); }
};

}  // namespace epi::series
