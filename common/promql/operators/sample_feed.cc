#include "common/promql/operators/sample_feed.h"

#include <algorithm>

#include "common/series/scan.h"

namespace epi::promql {
namespace {

// Dead samples a lane keeps before it moves the living ones to the front.
constexpr size_t kDeadMin = 4096;

}  // namespace

template <typename T>
void SampleFeed::Lane<T>::Clear() {
  times_ms.clear();
  values.clear();
  start_times_ms.clear();
  lo = hi = dropped = 0;
}

template <typename T>
void SampleFeed::Lane<T>::DropDead() {
  if (lo < kDeadMin || lo < times_ms.size() / 2) return;
  const auto count = static_cast<std::ptrdiff_t>(lo);
  times_ms.erase(times_ms.begin(), times_ms.begin() + count);
  values.erase(values.begin(), values.begin() + count);
  if (!start_times_ms.empty()) start_times_ms.erase(start_times_ms.begin(), start_times_ms.begin() + count);
  dropped += lo;
  hi -= lo;
  lo = 0;
}

template <typename T>
void SampleFeed::Lane<T>::AppendStartTimes(std::span<const int64_t> starts, size_t count, bool wanted) {
  if (!wanted || (starts.empty() && start_times_ms.empty())) return;
  start_times_ms.resize(times_ms.size() - count, 0);
  if (starts.empty()) {
    start_times_ms.resize(times_ms.size(), 0);
  } else {
    start_times_ms.insert(start_times_ms.end(), starts.begin(), starts.end());
  }
}

void SampleFeed::Clear() {
  floats_.Clear();
  histograms_.Clear();
  float_window_ = {};
  histogram_window_ = {};
  newest_ms_ = std::numeric_limits<int64_t>::min();
  ahead_until_ms_ = std::numeric_limits<int64_t>::min();
}

SampleFeed::FloatBuffer SampleFeed::float_buffer() const {
  FloatBuffer buffer;
  buffer.times_ms = floats_.times_ms.data();
  buffer.values = floats_.values.data();
  buffer.size = floats_.times_ms.size();
  buffer.begin = floats_.lo;
  buffer.end = floats_.hi;
  buffer.front = floats_.dropped;
  buffer.complete_until_ms = cursor_ == nullptr ? std::numeric_limits<int64_t>::max() : newest_ms_;
  buffer.plain = histograms_.times_ms.empty() && floats_.start_times_ms.empty();
  return buffer;
}

void SampleFeed::Start(series::SampleCursor* cursor, const CursorOptions& options) {
  Clear();
  cursor_ = cursor;
  with_start_times_ = options.with_start_times;
  hints_ = HistogramHints(options.resolve_hints);
}

void SampleFeed::Start(const StepGrid& grid, const Column& column) {
  Clear();
  cursor_ = nullptr;
  column.valid.ForEach([&](size_t step) {
    floats_.times_ms.push_back(grid.TimeAt(step));
    floats_.values.push_back(column.values[step]);
  });
  using series::CounterResetHint;
  for (size_t step = 0; step < column.histograms.size(); ++step) {
    HistogramPtr histogram = column.histograms[step];
    if (histogram == nullptr) continue;
    const CounterResetHint hint = histogram->counter_reset_hint;
    if (hint != CounterResetHint::kGauge && hint != CounterResetHint::kUnknown) {
      auto copy = std::make_shared<series::FloatHistogram>(*histogram);
      copy->counter_reset_hint = CounterResetHint::kUnknown;
      histogram = std::move(copy);
    }
    histograms_.times_ms.push_back(grid.TimeAt(step));
    histograms_.values.push_back(std::move(histogram));
  }
}

Status SampleFeed::Pull(int64_t left_ms, int64_t right_ms) {
  // Everything in the buffer lies left of the new window: let the cursor skip whole chunks.
  if (newest_ms_ <= left_ms) cursor_->SkipTo(left_ms + 1);
  floats_.Move(left_ms, right_ms);
  histograms_.Move(left_ms, right_ms);
  floats_.DropDead();
  histograms_.DropDead();
  while (newest_ms_ < right_ms ||
         (newest_ms_ < ahead_until_ms_ && floats_.times_ms.size() - floats_.hi < kAheadSamples && histograms_.times_ms.empty())) {
    const series::SampleBatch* batch = TRY(cursor_->Next());
    if (batch == nullptr) {
      cursor_ = nullptr;
      return OkStatus();
    }
    Append(*batch);
    newest_ms_ = batch->times_ms.back();
  }
  return OkStatus();
}

void SampleFeed::Append(const series::SampleBatch& batch) {
  if (batch.is_histogram()) {
    AppendHistograms(batch);
  } else {
    AppendFloats(batch);
  }
}

void SampleFeed::AppendFloats(const series::SampleBatch& batch) {
  if (!series::HasStaleNan(batch.values)) {
    floats_.times_ms.insert(floats_.times_ms.end(), batch.times_ms.begin(), batch.times_ms.end());
    floats_.values.insert(floats_.values.end(), batch.values.begin(), batch.values.end());
    floats_.AppendStartTimes(batch.start_times_ms, batch.size(), with_start_times_);
    return;
  }
  for (size_t i = 0; i < batch.size(); ++i) {
    if (series::IsStaleNan(batch.values[i])) continue;
    floats_.times_ms.push_back(batch.times_ms[i]);
    floats_.values.push_back(batch.values[i]);
    const bool has_start = !batch.start_times_ms.empty();
    floats_.AppendStartTimes(has_start ? batch.start_times_ms.subspan(i, 1) : std::span<const int64_t>(), 1, with_start_times_);
  }
}

void SampleFeed::AppendHistograms(const series::SampleBatch& batch) {
  for (size_t i = 0; i < batch.size(); ++i) {
    if (series::IsStaleNan(batch.histograms[i].sum)) continue;
    histograms_.times_ms.push_back(batch.times_ms[i]);
    histograms_.values.push_back(hints_.Resolve(std::make_shared<const series::FloatHistogram>(batch.histograms[i])));
    const bool has_start = !batch.start_times_ms.empty();
    histograms_.AppendStartTimes(has_start ? batch.start_times_ms.subspan(i, 1) : std::span<const int64_t>(), 1,
                                 with_start_times_);
  }
}

}  // namespace epi::promql
