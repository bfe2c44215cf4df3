// Compensated mean and variance (Kahan-Neumaier), the way PromQL's results are defined. Built with -ffp-contract=off.
#pragma once

#include <cmath>
#include <limits>

#include "common/series/kahan.h"

namespace epi::promql {

using series::KahanSum;

// Mean as sum / count; when the sum overflows, the mean is updated incrementally from then on.
class KahanMean {
 public:
  void Add(double value) {
    ++count_;
    if (count_ == 1) {
      state_.sum = value;
      return;
    }
    const auto count = static_cast<double>(count_);
    if (!incremental_) {
      KahanSum next = state_;
      next.Add(value);
      if (!std::isinf(next.sum) || std::isinf(state_.sum)) {
        state_ = next;
        return;
      }
      incremental_ = true;
      state_.sum /= count - 1;
      state_.compensation /= count - 1;
    }
    const double shrink = (count - 1) / count;
    state_.sum *= shrink;
    state_.compensation *= shrink;
    state_.Add(value / count);
  }
  long count() const { return count_; }
  double Mean() const {
    if (incremental_) return state_.Total();
    const auto count = static_cast<double>(count_);
    return state_.sum / count + state_.compensation / count;
  }

 private:
  KahanSum state_;  // The sum; the mean once incremental_.
  long count_ = 0;
  bool incremental_ = false;
};

// Variance by Welford's method with compensated mean and squares.
class KahanVariance {
 public:
  void Add(double value) {
    ++count_;
    const double delta = value - mean_.Total();
    mean_.Add(delta / static_cast<double>(count_));
    squares_.Add(delta * (value - mean_.Total()));
  }
  double Variance() const { return squares_.Total() / static_cast<double>(count_); }

 private:
  KahanSum mean_;
  KahanSum squares_;
  long count_ = 0;
};

// Variance that can be merged (Chan's method). Exactly 0 for equal values.
class MergeableVariance {
 public:
  void Add(double value) {
    count_ += 1;
    const double delta = value - mean_;
    mean_ += delta / count_;
    squares_ += delta * (value - mean_);
  }
  void Merge(const MergeableVariance& other) {
    if (other.count_ == 0) return;
    const double delta = other.mean_ - mean_;
    const double count = count_ + other.count_;
    squares_ += other.squares_ + delta * delta * (count_ * other.count_ / count);
    mean_ += delta * (other.count_ / count);
    count_ = count;
  }
  double Variance() const { return squares_ / count_; }

 private:
  double count_ = 0;
  double mean_ = 0;
  double squares_ = 0;  // Sum of squared distances from the mean.
};

}  // namespace epi::promql
