// SampleTracker: counts points as Prometheus does, for the limit on samples and for query statistics.
//
// Contract: a histogram counts as (bytes + 8) / 16 points. Points of an operator's output count from their computation until
//           the operator is freed.
// Threads:  all methods are safe from any thread.
// Errors:   ResourceExhausted "query processing would load too many samples into memory in query execution".
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "common/base/mutex.h"
#include "common/base/status.h"
#include "common/promql/operators/column.h"
#include "common/promql/plan/step_grid.h"

namespace epi::promql {

// Weight of one histogram, in float points.
int64_t HistogramPoints(const series::FloatHistogram& histogram);
// Weight of a column.
int64_t ColumnPoints(const Column& column);

class SampleTracker {
 public:
  // samples_max 0: no limit.
  explicit SampleTracker(int64_t samples_max) : samples_max_(samples_max) {}

  // Holds the points of one operator until it is destroyed.
  class Hold {
   public:
    explicit Hold(SampleTracker* tracker) : tracker_(tracker) {}
    ~Hold() { tracker_->current_.fetch_sub(points_.load(std::memory_order_relaxed), std::memory_order_relaxed); }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;
    Status Add(int64_t points);

   private:
    SampleTracker* const tracker_;
    std::atomic<int64_t> points_{0};
  };

  // Fails when `points` more than now would exceed the limit; nothing is held.
  Status CheckTransient(int64_t points);
  // Points read from storage.
  void CountRead(int64_t points) { total_.fetch_add(points, std::memory_order_relaxed); }
  // The same by step of the query's grid; only when EnablePerStep() was called.
  void EnablePerStep(const StepGrid& grid);
  bool per_step() const { return per_step_enabled_; }
  void CountReadAt(int64_t t_ms, int64_t points);

  int64_t total() const { return total_.load(std::memory_order_relaxed); }
  int64_t peak() const { return peak_.load(std::memory_order_relaxed); }
  std::vector<int64_t> TakePerStep();

 private:
  void RaisePeak(int64_t current);

  const int64_t samples_max_;
  std::atomic<int64_t> current_{0};
  std::atomic<int64_t> peak_{0};
  std::atomic<int64_t> total_{0};
  bool per_step_enabled_ = false;
  StepGrid grid_;
  Mutex mutex_;
  std::vector<int64_t> per_step_ GUARDED_BY(mutex_);
};

}  // namespace epi::promql
