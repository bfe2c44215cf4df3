#include "tests/support/promqlref/totals.h"

#include <cmath>

namespace epi::promqlref {

void CompensatedSum::Add(double value) {
  const double total = sum + value;
  if (std::isinf(total)) {
    lost = 0;
  } else if (std::fabs(sum) >= std::fabs(value)) {
    lost += (sum - total) + value;
  } else {
    lost += (value - total) + sum;
  }
  sum = total;
}

double SumOf(const std::vector<double>& values, double start) {
  CompensatedSum total{start, 0};
  for (const double value : values) total.Add(value);
  return std::isinf(total.sum) ? total.sum : total.sum + total.lost;
}

double MeanOf(const std::vector<double>& values) {
  CompensatedSum total{values.front(), 0};  // The mean itself once the sum has overflowed.
  bool overflowed = false;
  for (size_t i = 1; i < values.size(); ++i) {
    const auto count = static_cast<double>(i + 1);
    if (!overflowed) {
      CompensatedSum next = total;
      next.Add(values[i]);
      overflowed = std::isinf(next.sum);
      if (!overflowed) {
        total = next;
        continue;
      }
      total = {total.sum / (count - 1), total.lost / (count - 1)};
    }
    const double share = (count - 1) / count;
    total = {share * total.sum, share * total.lost};
    total.Add(values[i] / count);
  }
  if (overflowed) return total.sum + total.lost;
  const auto count = static_cast<double>(values.size());
  return total.sum / count + total.lost / count;
}

void HistogramTotal::Add(const FloatHistogram& histogram) {
  if (incompatible_) return;
  reset_seen_ |= histogram.counter_reset_hint == series::CounterResetHint::kReset;
  continuation_seen_ |= histogram.counter_reset_hint == series::CounterResetHint::kNotReset;
  if (!sum_.has_value() && !mean_.has_value()) {
    if (wants_mean_) {
      mean_.emplace(histogram);
    } else {
      sum_.emplace(histogram);
    }
    return;
  }
  const auto notes = wants_mean_ ? mean_->Add(histogram) : sum_->Add(histogram);
  incompatible_ = !notes.ok();
  reconciled_ |= notes.ok() && notes->custom_bounds_reconciled;
}

FloatHistogram HistogramTotal::Value() const { return wants_mean_ ? mean_->Mean() : sum_->Sum(); }

}  // namespace epi::promqlref
