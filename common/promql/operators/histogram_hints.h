// HistogramHints: counter-reset hints for histograms that come without, found by looking at the one before.
//
// For selectors of which only count and sum are wanted (Plan::stats_only): aggregations then see who was reset and who not.
// Threads:  one at a time.
#pragma once

#include <memory>

#include "common/promql/value.h"
#include "common/series/float_histogram_math.h"

namespace epi::promql {

class HistogramHints {
 public:
  explicit HistogramHints(bool enabled = false) : enabled_(enabled) {}
  bool enabled() const { return enabled_; }

  // The histogram to use in place of `next`. Call for every sample, in order.
  HistogramPtr Resolve(HistogramPtr next) {
    using series::CounterResetHint;
    if (!enabled_) return next;
    if (last_ != nullptr && next->counter_reset_hint == CounterResetHint::kUnknown) {
      auto copy = std::make_shared<series::FloatHistogram>(*next);
      copy->counter_reset_hint = series::DetectReset(*next, *last_) ? CounterResetHint::kReset : CounterResetHint::kNotReset;
      next = std::move(copy);
    }
    last_ = next;
    return next;
  }

 private:
  bool enabled_;
  HistogramPtr last_;
};

}  // namespace epi::promql
