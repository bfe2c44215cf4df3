#include "common/series/float_histogram_math.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "common/series/zero_bucket.h"

namespace epi::series {
namespace {

bool SameBits(double a, double b) { return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b); }

BucketList Positive(const FloatHistogram& h) { return ExpandBuckets(h.positive_spans, h.positive_buckets); }
BucketList Negative(const FloatHistogram& h) { return ExpandBuckets(h.negative_spans, h.negative_buckets); }

// *a += sign * b, once both have one layout.
void CombineAligned(FloatHistogram* a, const FloatHistogram& b, double sign) {
  a->zero_count += sign * b.zero_count;
  a->count += sign * b.count;
  a->sum += sign * b.sum;
  const BucketList positive = MergeBuckets(Positive(*a), Positive(b), sign);
  const BucketList negative = MergeBuckets(Negative(*a), Negative(b), sign);
  CollapseBuckets(positive, &a->positive_spans, &a->positive_buckets);
  CollapseBuckets(negative, &a->negative_spans, &a->negative_buckets);
}

// The common case needs no copy of b and no merge of lists: equal layout, bucket by bucket.
bool CombineSameLayout(FloatHistogram* a, const FloatHistogram& b, double sign) {
  if (a->schema != b.schema || a->zero_threshold != b.zero_threshold || a->positive_spans != b.positive_spans ||
      a->negative_spans != b.negative_spans || a->custom_values != b.custom_values ||
      a->positive_buckets.size() != b.positive_buckets.size() ||
      a->negative_buckets.size() != b.negative_buckets.size()) {
    return false;
  }
  a->zero_count += sign * b.zero_count;
  a->count += sign * b.count;
  a->sum += sign * b.sum;
  for (size_t i = 0; i < b.positive_buckets.size(); ++i) a->positive_buckets[i] += sign * b.positive_buckets[i];
  for (size_t i = 0; i < b.negative_buckets.size(); ++i) a->negative_buckets[i] += sign * b.negative_buckets[i];
  Compact(a);
  return true;
}

Result<CombineNotes> Combine(FloatHistogram* a, const FloatHistogram& b, double sign) {
  if (a->UsesCustomBuckets() != b.UsesCustomBuckets()) {
    return InvalidArgumentError("cannot combine a histogram of exponential buckets with one of custom buckets");
  }
  CombineNotes notes;
  a->counter_reset_hint = CombineHints(a->counter_reset_hint, b.counter_reset_hint, &notes.counter_reset_collision);
  if (CombineSameLayout(a, b, sign)) return notes;
  FloatHistogram other = b;
  notes.custom_bounds_reconciled = AlignLayouts(a, &other);
  CombineAligned(a, other, sign);
  return notes;
}

bool SameBuckets(const BucketList& a, const BucketList& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const IndexedCount& x, const IndexedCount& y) {
    return x.index == y.index && SameBits(x.count, y.count);
  });
}

BucketList Populated(BucketList list) {
  std::erase_if(list, [](const IndexedCount& bucket) { return bucket.count == 0; });
  return list;
}

// True when a bucket of `previous` is missing or smaller in `current`.
bool AnyBucketFell(const BucketList& current, const BucketList& previous) {
  auto now = current.begin();
  for (const IndexedCount& before : previous) {
    while (now != current.end() && now->index < before.index) ++now;
    const bool present = now != current.end() && now->index == before.index;
    if (present ? now->count < before.count : before.count != 0) return true;
  }
  return false;
}

bool DetectExponentialReset(const FloatHistogram& current, const FloatHistogram& previous) {
  if (current.schema > previous.schema || current.zero_threshold < previous.zero_threshold) return true;
  const WidenedZero zero = WidenZeroBucket(previous, current.zero_threshold);
  if (zero.threshold != current.zero_threshold || current.zero_count < zero.count) return true;
  const auto fell = [&](const BucketList& now, const BucketList& before) {
    BucketList coarse = ReduceResolution(before, previous.schema, current.schema);
    DropBucketsWithin(current.zero_threshold, current.schema, &coarse);
    return AnyBucketFell(now, coarse);
  };
  return fell(Positive(current), Positive(previous)) || fell(Negative(current), Negative(previous));
}

bool DetectCustomReset(const FloatHistogram& current, const FloatHistogram& previous) {
  const std::vector<double> bounds = IntersectBounds(current.custom_values, previous.custom_values);
  return AnyBucketFell(MapToBounds(Positive(current), current.custom_values, bounds),
                       MapToBounds(Positive(previous), previous.custom_values, bounds));
}

}  // namespace

CounterResetHint CombineHints(CounterResetHint a, CounterResetHint b, bool* collision) {
  if (a == b) return a;
  if (a == CounterResetHint::kGauge || b == CounterResetHint::kGauge) return CounterResetHint::kGauge;
  // Unequal and neither is unknown: one says reset, the other not reset.
  if (a != CounterResetHint::kUnknown && b != CounterResetHint::kUnknown) *collision = true;
  return CounterResetHint::kUnknown;
}

std::vector<double> IntersectBounds(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> shared;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(shared));
  return shared;
}

BucketList MapToBounds(const BucketList& list, const std::vector<double>& from, const std::vector<double>& to) {
  BucketList mapped;
  for (const IndexedCount& bucket : list) {
    int64_t index = static_cast<int64_t>(to.size());
    if (bucket.index >= 0 && static_cast<uint64_t>(bucket.index) < from.size()) {
      const double upper = from[static_cast<size_t>(bucket.index)];
      index = std::lower_bound(to.begin(), to.end(), upper) - to.begin();
    }
    if (!mapped.empty() && mapped.back().index == index) {
      mapped.back().count += bucket.count;
    } else {
      mapped.push_back({index, bucket.count});
    }
  }
  return mapped;
}

bool AlignLayouts(FloatHistogram* a, FloatHistogram* b) {
  if (a->UsesCustomBuckets()) {
    if (a->custom_values == b->custom_values) return false;
    const std::vector<double> bounds = IntersectBounds(a->custom_values, b->custom_values);
    for (FloatHistogram* h : {a, b}) {
      CollapseBuckets(MapToBounds(Positive(*h), h->custom_values, bounds), &h->positive_spans, &h->positive_buckets);
      h->custom_values = bounds;
    }
    return true;
  }
  ReconcileZeroBuckets(a, b);
  const int32_t schema = std::min(a->schema, b->schema);
  ReduceToSchema(a, schema);
  ReduceToSchema(b, schema);
  return false;
}

Result<CombineNotes> Add(FloatHistogram* a, const FloatHistogram& b) { return Combine(a, b, 1); }
Result<CombineNotes> Subtract(FloatHistogram* a, const FloatHistogram& b) { return Combine(a, b, -1); }

void Multiply(FloatHistogram* histogram, double factor) {
  histogram->zero_count *= factor;
  histogram->count *= factor;
  histogram->sum *= factor;
  for (double& count : histogram->positive_buckets) count *= factor;
  for (double& count : histogram->negative_buckets) count *= factor;
  if (factor < 0) histogram->counter_reset_hint = CounterResetHint::kGauge;
}

void Divide(FloatHistogram* histogram, double divisor) {
  histogram->zero_count /= divisor;
  histogram->count /= divisor;
  histogram->sum /= divisor;
  if (divisor == 0) {
    histogram->positive_spans.clear();
    histogram->negative_spans.clear();
    histogram->positive_buckets.clear();
    histogram->negative_buckets.clear();
    return;
  }
  for (double& count : histogram->positive_buckets) count /= divisor;
  for (double& count : histogram->negative_buckets) count /= divisor;
  if (divisor < 0) histogram->counter_reset_hint = CounterResetHint::kGauge;
}

void Compact(FloatHistogram* histogram) {
  CollapseBuckets(Positive(*histogram), &histogram->positive_spans, &histogram->positive_buckets);
  CollapseBuckets(Negative(*histogram), &histogram->negative_spans, &histogram->negative_buckets);
}

void ReduceToSchema(FloatHistogram* histogram, int32_t schema) {
  if (schema >= histogram->schema) return;
  const BucketList positive = ReduceResolution(Positive(*histogram), histogram->schema, schema);
  const BucketList negative = ReduceResolution(Negative(*histogram), histogram->schema, schema);
  CollapseBuckets(positive, &histogram->positive_spans, &histogram->positive_buckets);
  CollapseBuckets(negative, &histogram->negative_spans, &histogram->negative_buckets);
  histogram->schema = schema;
}

bool EqualBits(const FloatHistogram& a, const FloatHistogram& b) {
  if (a.schema != b.schema || !SameBits(a.count, b.count) || !SameBits(a.sum, b.sum)) return false;
  if (a.UsesCustomBuckets() ? a.custom_values != b.custom_values
                            : a.zero_threshold != b.zero_threshold || !SameBits(a.zero_count, b.zero_count)) {
    return false;
  }
  return SameBuckets(Populated(Positive(a)), Populated(Positive(b))) &&
         SameBuckets(Populated(Negative(a)), Populated(Negative(b)));
}

bool DetectReset(const FloatHistogram& current, const FloatHistogram& previous) {
  if (current.counter_reset_hint == CounterResetHint::kReset) return true;
  if (current.counter_reset_hint == CounterResetHint::kNotReset) return false;
  if (current.count < previous.count || current.UsesCustomBuckets() != previous.UsesCustomBuckets()) return true;
  return current.UsesCustomBuckets() ? DetectCustomReset(current, previous) : DetectExponentialReset(current, previous);
}

bool HasOverflow(const FloatHistogram& histogram) {
  const auto infinite = [](double value) { return std::isinf(value); };
  return infinite(histogram.zero_count) || infinite(histogram.count) || infinite(histogram.sum) ||
         std::any_of(histogram.positive_buckets.begin(), histogram.positive_buckets.end(), infinite) ||
         std::any_of(histogram.negative_buckets.begin(), histogram.negative_buckets.end(), infinite) ||
         std::any_of(histogram.custom_values.begin(), histogram.custom_values.end(), infinite);
}

size_t HistogramSizeBytes(const FloatHistogram& histogram) {
  // The fixed part is the size Prometheus' accounting gives the struct, so that limits mean the same.
  constexpr size_t kFixedBytes = 168;
  return kFixedBytes + 8 * (histogram.positive_spans.size() + histogram.negative_spans.size() +
                            histogram.positive_buckets.size() + histogram.negative_buckets.size() +
                            histogram.custom_values.size());
}

}  // namespace epi::series
