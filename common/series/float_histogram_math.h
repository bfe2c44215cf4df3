// Arithmetic on float histograms, as PromQL defines it.
//
// Contract: histograms of different zero thresholds and exponential schemas are brought to the smallest common form first
//           (wider zero bucket, coarser schema); custom-bucket histograms with different bounds to the bounds they share.
//           Results are compact: no empty buckets, no adjacent spans.
// Errors:   InvalidArgument when one side is exponential and the other has custom buckets; nothing else can fail.
// Threads:  pure functions.
#pragma once

#include <vector>

#include "common/base/status.h"
#include "common/series/bucket_list.h"
#include "common/series/histogram.h"

namespace epi::series {

// What an addition found out besides its result; PromQL turns both into annotations.
struct CombineNotes {
  bool counter_reset_collision = false;  // One side says "reset", the other "not reset".
  bool custom_bounds_reconciled = false;

  void Merge(const CombineNotes& other) {
    counter_reset_collision |= other.counter_reset_collision;
    custom_bounds_reconciled |= other.custom_bounds_reconciled;
  }
};

// *a = *a + b, resp. *a - b.
Result<CombineNotes> Add(FloatHistogram* a, const FloatHistogram& b);
Result<CombineNotes> Subtract(FloatHistogram* a, const FloatHistogram& b);

// A negative factor or divisor makes a gauge. Division by zero removes all buckets and leaves ±Inf or NaN in the totals.
void Multiply(FloatHistogram* histogram, double factor);
void Divide(FloatHistogram* histogram, double divisor);

// Removes empty buckets and joins adjacent spans.
void Compact(FloatHistogram* histogram);

// Lowers the resolution. REQUIRES: exponential, schema <= histogram->schema.
void ReduceToSchema(FloatHistogram* histogram, int32_t schema);

// Same totals, bounds and populated buckets, compared bit by bit (NaN equals the same NaN). The reset hint does not count.
bool EqualBits(const FloatHistogram& a, const FloatHistogram& b);

// Did the counter start anew between `previous` and `current`? A hint of reset or not reset in `current` decides at once.
bool DetectReset(const FloatHistogram& current, const FloatHistogram& previous);

// True when any total, bucket or bound is infinite.
bool HasOverflow(const FloatHistogram& histogram);

// The hint of a combination. Sets *collision when reset meets not reset.
CounterResetHint CombineHints(CounterResetHint a, CounterResetHint b, bool* collision);

// Bounds that both lists hold. Both and the result are ascending.
std::vector<double> IntersectBounds(const std::vector<double>& a, const std::vector<double>& b);
// Re-sorts custom buckets of `from` bounds into the coarser `to` bounds. REQUIRES: `to` is a subset of `from`.
BucketList MapToBounds(const BucketList& list, const std::vector<double>& from, const std::vector<double>& to);

// Brings both to one layout: same zero bucket and schema, or same custom bounds (then true).
// REQUIRES: both exponential or both custom.
bool AlignLayouts(FloatHistogram* a, FloatHistogram* b);

// Bytes that PromQL's sample accounting assigns to a histogram.
size_t HistogramSizeBytes(const FloatHistogram& histogram);

}  // namespace epi::series
