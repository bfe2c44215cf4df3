#include "common/series/float_histogram_sum.h"

#include "common/series/kahan.h"

namespace epi::series {
namespace {

void KahanAdd(double value, double* sum, double* compensation) {
  KahanSum total{*sum, *compensation};
  total.Add(value);
  *sum = total.sum;
  *compensation = total.compensation;
}

// Both sides of sum and compensation have the same spans afterwards. Empty buckets stay, so that the pairs keep matching.
void AddSide(const BucketList& values, const BucketList& sums, const BucketList& compensations, std::vector<Span>* spans,
             std::vector<double>* sum_counts, std::vector<Span>* compensation_spans,
             std::vector<double>* compensation_counts) {
  BucketList layout = MergeBuckets(MergeBuckets(sums, compensations, 0), values, 0);
  BucketList sum = layout;
  BucketList lost = layout;
  size_t s = 0;
  size_t c = 0;
  size_t v = 0;
  for (size_t i = 0; i < layout.size(); ++i) {
    const int64_t index = layout[i].index;
    sum[i].count = s < sums.size() && sums[s].index == index ? sums[s++].count : 0;
    lost[i].count = c < compensations.size() && compensations[c].index == index ? compensations[c++].count : 0;
    if (v < values.size() && values[v].index == index) KahanAdd(values[v++].count, &sum[i].count, &lost[i].count);
  }
  CollapseBuckets(sum, spans, sum_counts);
  CollapseBuckets(lost, compensation_spans, compensation_counts);
}

// An empty histogram of the same layout parameters.
FloatHistogram NoCompensation(const FloatHistogram& histogram) {
  FloatHistogram none;
  none.counter_reset_hint = histogram.counter_reset_hint;
  none.schema = histogram.schema;
  none.zero_threshold = histogram.zero_threshold;
  none.custom_values = histogram.custom_values;
  return none;
}

// Gives the compensation the layout that the sum took on.
void FollowLayout(const FloatHistogram& sum, FloatHistogram* compensation) {
  FloatHistogram model = NoCompensation(sum);
  AlignLayouts(compensation, &model);
}

}  // namespace

FloatHistogramSum::FloatHistogramSum(const FloatHistogram& first)
    : sum_(first), compensation_(NoCompensation(first)) {}

Result<CombineNotes> FloatHistogramSum::Add(const FloatHistogram& histogram) {
  if (sum_.UsesCustomBuckets() != histogram.UsesCustomBuckets()) {
    return InvalidArgumentError("cannot add histograms of exponential and of custom buckets");
  }
  CombineNotes notes;
  sum_.counter_reset_hint =
      CombineHints(sum_.counter_reset_hint, histogram.counter_reset_hint, &notes.counter_reset_collision);
  FloatHistogram other = histogram;
  notes.custom_bounds_reconciled = AlignLayouts(&sum_, &other);
  FollowLayout(sum_, &compensation_);
  KahanAdd(other.zero_count, &sum_.zero_count, &compensation_.zero_count);
  KahanAdd(other.count, &sum_.count, &compensation_.count);
  KahanAdd(other.sum, &sum_.sum, &compensation_.sum);
  AddSide(ExpandBuckets(other.positive_spans, other.positive_buckets),
          ExpandBuckets(sum_.positive_spans, sum_.positive_buckets),
          ExpandBuckets(compensation_.positive_spans, compensation_.positive_buckets), &sum_.positive_spans,
          &sum_.positive_buckets, &compensation_.positive_spans, &compensation_.positive_buckets);
  AddSide(ExpandBuckets(other.negative_spans, other.negative_buckets),
          ExpandBuckets(sum_.negative_spans, sum_.negative_buckets),
          ExpandBuckets(compensation_.negative_spans, compensation_.negative_buckets), &sum_.negative_spans,
          &sum_.negative_buckets, &compensation_.negative_spans, &compensation_.negative_buckets);
  ++count_;
  return notes;
}

void FloatHistogramSum::Scale(double factor) {
  Multiply(&sum_, factor);
  Multiply(&compensation_, factor);
}

FloatHistogram FloatHistogramSum::Sum() const {
  FloatHistogram total = sum_;
  // Same layout parameters by construction: the addition cannot fail.
  const Result<CombineNotes> added = series::Add(&total, compensation_);
  CHECK(added.ok());
  total.counter_reset_hint = sum_.counter_reset_hint;
  return total;
}

Result<CombineNotes> FloatHistogramMean::Add(const FloatHistogram& histogram) {
  ++count_;
  const double n = static_cast<double>(count_);
  if (!incremental_) {
    FloatHistogramSum trial = sum_;
    const CombineNotes notes = TRY(trial.Add(histogram));
    if (!HasOverflow(trial.raw())) {
      sum_ = std::move(trial);
      return notes;
    }
    incremental_ = true;
    sum_.Scale(1 / (n - 1));
  }
  // mean += value / n - mean / n, each term small enough not to overflow.
  sum_.Scale((n - 1) / n);
  FloatHistogram part = histogram;
  Divide(&part, n);
  return sum_.Add(part);
}

FloatHistogram FloatHistogramMean::Mean() const {
  FloatHistogram mean = sum_.Sum();
  if (!incremental_) Divide(&mean, static_cast<double>(count_));
  return mean;
}

}  // namespace epi::series
