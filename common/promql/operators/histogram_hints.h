// HistogramHints: for selectors of which only count and sum are wanted (Plan::stats_only), histograms without buckets.
//
// Without buckets a reset cannot be seen any more, so each one says whether its counter was reset since the one before.
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
    auto stats = std::make_shared<series::FloatHistogram>();
    stats->schema = next->schema;
    stats->count = next->count;
    stats->sum = next->sum;
    stats->counter_reset_hint = next->counter_reset_hint;
    if (last_ != nullptr && next->counter_reset_hint == CounterResetHint::kUnknown) {
      stats->counter_reset_hint = series::DetectReset(*next, *last_) ? CounterResetHint::kReset : CounterResetHint::kNotReset;
    }
    last_ = std::move(next);
    return stats;
  }

 private:
  bool enabled_;
  HistogramPtr last_;
};

}  // namespace epi::promql
