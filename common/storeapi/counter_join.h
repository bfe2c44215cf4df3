// Puts the counter chunks of a downsampled series together: a running total that never falls.
//
// The last two samples of a counter chunk have one time: the total, and then the true last raw value. That value is not a
// sample: it is what the next chunk's first value is compared with. Format: docs/formats/aggregate-chunk.md.
//
// Contract: feed samples in order. Raw chunks between counter chunks are fed too, so that the total goes on.
// Threads:  none.
#pragma once

#include <cmath>
#include <cstdint>
#include <utility>

#include "common/base/status.h"
#include "common/series/float_histogram_math.h"

namespace epi::storeapi {

class CounterJoin {
 public:
  // True when there is a sample: (t_ms, total()).
  bool Feed(int64_t t_ms, double value) {
    if (std::isnan(value)) return false;
    if (any_ && t_ms <= last_t_ms_) {
      last_value_ = value;
      return false;
    }
    total_ += !any_ || value < last_value_ ? value : value - last_value_;
    any_ = true;
    last_t_ms_ = t_ms;
    last_value_ = value;
    return true;
  }
  double total() const { return total_; }

 private:
  bool any_ = false;
  int64_t last_t_ms_ = 0;
  double last_value_ = 0;
  double total_ = 0;
};

// The same for native histograms.
class HistogramCounterJoin {
 public:
  Result<bool> Feed(int64_t t_ms, const series::FloatHistogram& value) {
    if (any_ && t_ms <= last_t_ms_) {
      last_value_ = value;
      return false;
    }
    series::FloatHistogram increase = value;
    // What happened in between is told by the values, not by the first sample's hint.
    if (any_ && !series::DetectReset(WithoutHint(value), WithoutHint(last_value_))) TRY(series::Subtract(&increase, last_value_));
    if (any_) {
      TRY(series::Add(&total_, increase));
    } else {
      total_ = std::move(increase);
    }
    total_.counter_reset_hint = any_ ? series::CounterResetHint::kNotReset : series::CounterResetHint::kUnknown;
    any_ = true;
    last_t_ms_ = t_ms;
    last_value_ = value;
    return true;
  }
  const series::FloatHistogram& total() const { return total_; }

 private:
  static series::FloatHistogram WithoutHint(series::FloatHistogram histogram) {
    histogram.counter_reset_hint = series::CounterResetHint::kUnknown;
    return histogram;
  }

  bool any_ = false;
  int64_t last_t_ms_ = 0;
  series::FloatHistogram last_value_;
  series::FloatHistogram total_;
};

}  // namespace epi::storeapi
