#include "common/promql/operators/sample_tracker.h"

#include "common/series/float_histogram_math.h"

namespace epi::promql {
namespace {

Status TooManySamples() {
  return ResourceExhaustedError("query processing would load too many samples into memory in query execution");
}

}  // namespace

int64_t HistogramPoints(const series::FloatHistogram& histogram) {
  return static_cast<int64_t>((series::HistogramSizeBytes(histogram) + 8) / 16);
}

int64_t ColumnPoints(const Column& column) {
  auto points = static_cast<int64_t>(column.valid.Count());
  const series::FloatHistogram* last = nullptr;
  int64_t last_points = 0;
  for (const HistogramPtr& histogram : column.histograms) {
    if (histogram == nullptr) continue;
    if (histogram.get() != last) {
      last = histogram.get();
      last_points = HistogramPoints(*last);
    }
    points += last_points;
  }
  return points;
}

Status SampleTracker::Hold::Add(int64_t points) {
  points_.fetch_add(points, std::memory_order_relaxed);
  const int64_t current = tracker_->current_.fetch_add(points, std::memory_order_relaxed) + points;
  tracker_->RaisePeak(current);
  if (tracker_->samples_max_ > 0 && current > tracker_->samples_max_) return TooManySamples();
  return OkStatus();
}

Status SampleTracker::CheckTransient(int64_t points) {
  const int64_t current = current_.load(std::memory_order_relaxed) + points;
  RaisePeak(current);
  if (samples_max_ > 0 && current > samples_max_) return TooManySamples();
  return OkStatus();
}

void SampleTracker::RaisePeak(int64_t current) {
  int64_t peak = peak_.load(std::memory_order_relaxed);
  while (peak < current && !peak_.compare_exchange_weak(peak, current, std::memory_order_relaxed)) {
  }
}

void SampleTracker::EnablePerStep(const StepGrid& grid) {
  grid_ = grid;
  per_step_enabled_ = true;
  MutexLock lock(&mutex_);
  per_step_.assign(grid.steps(), 0);
}

void SampleTracker::CountReadAt(int64_t t_ms, int64_t points) {
  if (!per_step_enabled_ || t_ms < grid_.start_ms || t_ms > grid_.end_ms) return;
  MutexLock lock(&mutex_);
  per_step_[static_cast<size_t>((t_ms - grid_.start_ms) / grid_.step_ms)] += points;
}

std::vector<int64_t> SampleTracker::TakePerStep() {
  MutexLock lock(&mutex_);
  return std::move(per_step_);
}

}  // namespace epi::promql
