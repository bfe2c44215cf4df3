// Native histograms: the integer form that chunks store and the float form that PromQL computes with.
//
// Buckets are sparse: spans of consecutive bucket indexes, with the counts of all spans in one list.
//
//   schema -4…8   exponential: bucket i covers (2^(2^-schema)]^(i-1) … ^i; a zero bucket takes |v| <= zero_threshold
//   schema -53    custom bounds (NHCB): bucket i covers (custom_values[i-1], custom_values[i]]; the last one up to +Inf;
//                 positive side only, no zero bucket
//
// Integer histograms hold the first bucket's count and then deltas; float histograms hold absolute counts.
#pragma once

#include <cstdint>
#include <vector>

namespace epi::series {

inline constexpr int32_t kCustomBucketsSchema = -53;
inline constexpr int32_t kExponentialSchemaMin = -4;
inline constexpr int32_t kExponentialSchemaMax = 8;

// Does this histogram start a new life of its counter? Values are those of the chunk header and of remote write.
enum class CounterResetHint : uint8_t { kUnknown = 0, kReset = 1, kNotReset = 2, kGauge = 3 };

struct Span {
  int32_t offset = 0;   // Gap to the previous span; for the first one the index of its first bucket.
  uint32_t length = 0;  // Consecutive buckets.
  friend bool operator==(const Span&, const Span&) = default;
};

// As stored in integer histogram chunks.
struct Histogram {
  CounterResetHint counter_reset_hint = CounterResetHint::kUnknown;
  int32_t schema = 0;
  double zero_threshold = 0;
  uint64_t zero_count = 0;
  uint64_t count = 0;
  double sum = 0;
  std::vector<Span> positive_spans;
  std::vector<Span> negative_spans;
  std::vector<int64_t> positive_deltas;
  std::vector<int64_t> negative_deltas;
  std::vector<double> custom_values;
};

// As PromQL computes with it. The arithmetic is in float_histogram_math.h.
struct FloatHistogram {
  CounterResetHint counter_reset_hint = CounterResetHint::kUnknown;
  int32_t schema = 0;
  double zero_threshold = 0;
  double zero_count = 0;
  double count = 0;
  double sum = 0;
  std::vector<Span> positive_spans;
  std::vector<Span> negative_spans;
  std::vector<double> positive_buckets;
  std::vector<double> negative_buckets;
  std::vector<double> custom_values;

  bool UsesCustomBuckets() const { return schema == kCustomBucketsSchema; }
};

// Same buckets with absolute float counts. A stale marker (sum) stays a stale marker.
FloatHistogram ToFloat(const Histogram& histogram);

}  // namespace epi::series
