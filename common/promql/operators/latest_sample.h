// LatestSample: walks a cursor forward and knows the newest sample not after a given time.
//
// Threads:  one at a time.
#pragma once

#include <memory>

#include "common/promql/operators/histogram_hints.h"
#include "common/promql/value.h"
#include "common/series/querier.h"

namespace epi::promql {

class LatestSample {
 public:
  explicit LatestSample(series::SampleCursor* cursor, bool resolve_hints = false) : cursor_(cursor), hints_(resolve_hints) {}

  // Moves to the newest sample at or before t_ms; samples before keep_from_ms need not be found. Neither ever goes back.
  Status Advance(int64_t keep_from_ms, int64_t t_ms);

  bool found() const { return found_; }
  int64_t time_ms() const { return time_ms_; }
  int64_t start_time_ms() const { return start_time_ms_; }
  bool is_histogram() const { return is_histogram_; }
  double value() const { return value_; }
  bool stale() const { return series::IsStaleNan(value_); }
  // Shared by all steps that see this sample. REQUIRES: is_histogram().
  const HistogramPtr& Histogram();

 private:
  void TakeFrom(const series::SampleBatch& batch, size_t index);

  series::SampleCursor* cursor_;  // Null at the end.
  const series::SampleBatch* batch_ = nullptr;
  size_t next_ = 0;
  bool found_ = false;
  bool is_histogram_ = false;
  int64_t time_ms_ = 0;
  int64_t start_time_ms_ = 0;
  double value_ = 0;  // Of a histogram: its sum, which carries the stale marker.
  const series::FloatHistogram* in_batch_ = nullptr;
  HistogramPtr histogram_;
  HistogramHints hints_;
};

}  // namespace epi::promql
