// SampleFeed: a window that slides over the samples of one series.
//
//   buffer   [ dropped | ………before……… ( left   window   right ] ………pulled ahead……… ]
//                                     ^ lo              ^ hi
//
// Samples are pulled batch by batch when the window's right edge reaches them, and dropped once its left edge has passed them:
// only a window's worth is ever held. Floats and histograms are kept apart, each in one contiguous piece. Every sample has an
// absolute number, so that kernels can keep positions (of counter resets, of minima) while the buffer moves.
//
// Contract: windows are (left, right]; neither edge ever moves back. Stale markers are left out.
// Threads:  one at a time.
// Units:    times are Unix milliseconds.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "common/promql/operators/column.h"
#include "common/promql/operators/histogram_hints.h"
#include "common/promql/plan/step_grid.h"
#include "common/series/querier.h"

namespace epi::promql {

template <typename T>
struct SampleWindow {
  const int64_t* times_ms = nullptr;
  const T* values = nullptr;
  // Start times; null when no sample has one.
  const int64_t* start_times_ms = nullptr;
  size_t size = 0;
  // Absolute number of the first sample.
  size_t first = 0;

  bool empty() const { return size == 0; }
  int64_t StartTime(size_t i) const { return start_times_ms == nullptr ? 0 : start_times_ms[i]; }
};
using FloatWindow = SampleWindow<double>;
using HistogramWindow = SampleWindow<HistogramPtr>;

class SampleFeed {
 public:
  // Starts over with the samples of `cursor`, which must outlive the use.
  struct CursorOptions {
    bool with_start_times = false;
    bool resolve_hints = false;  // See histogram_hints.h.
  };
  void Start(series::SampleCursor* cursor, const CursorOptions& options);
  // Starts over with the points of a column (of a subquery). Counter-reset hints other than gauge become unknown.
  void Start(const StepGrid& grid, const Column& column);

  // Moves the window to (left_ms, right_ms].
  Status Advance(int64_t left_ms, int64_t right_ms) {
    if (newest_ms_ < right_ms && cursor_ != nullptr) RETURN_IF_ERROR(Pull(left_ms, right_ms));
    float_window_ = floats_.Move(left_ms, right_ms);
    if (!histograms_.times_ms.empty()) histogram_window_ = histograms_.Move(left_ms, right_ms);
    return OkStatus();
  }

  // What the buffer holds of floats, and where the window lies in it. Positions count from the buffer's front.
  struct FloatBuffer {
    const int64_t* times_ms = nullptr;
    const double* values = nullptr;
    size_t size = 0;
    size_t begin = 0;
    size_t end = 0;
    size_t front = 0;  // Absolute number of the sample at position 0.
    // All samples up to this time have been pulled.
    int64_t complete_until_ms = 0;
    // There are floats alone, without start times: nothing but this buffer matters.
    bool plain = false;
  };
  FloatBuffer float_buffer() const;
  // Moves the window within the buffer. Neither edge ever moves back.
  void MoveTo(size_t begin, size_t end) {
    floats_.lo = begin;
    floats_.hi = end;
  }
  // Windows up to this time will be asked for, and each starts no later than the one before it ends: samples may be pulled some
  // way ahead.
  void PullAheadUntil(int64_t last_ms) { ahead_until_ms_ = last_ms; }

  const FloatWindow& floats() const { return float_window_; }
  const HistogramWindow& histograms() const { return histogram_window_; }

 private:
  template <typename T>
  struct Lane {
    std::vector<int64_t> times_ms;
    std::vector<T> values;
    std::vector<int64_t> start_times_ms;  // Empty or as long as times_ms.
    size_t lo = 0;
    size_t hi = 0;
    size_t dropped = 0;

    void Clear();
    SampleWindow<T> Move(int64_t left_ms, int64_t right_ms) {
      // Worked out in registers: what was just stored as two words is slow to load as one.
      const int64_t* times = times_ms.data();
      const size_t size = times_ms.size();
      size_t end = hi;
      size_t begin = lo;
      while (end < size && times[end] <= right_ms) ++end;
      while (begin < end && times[begin] <= left_ms) ++begin;
      hi = end;
      lo = begin;
      return {times + begin, values.data() + begin, start_times_ms.empty() ? nullptr : start_times_ms.data() + begin,
              end - begin, dropped + begin};
    }
    // Frees the samples that are out of reach. Cheap on average: only when they are most of the buffer.
    void DropDead();
    void AppendStartTimes(std::span<const int64_t> starts, size_t count, bool wanted);
  };

  Status Pull(int64_t left_ms, int64_t right_ms);
  void Append(const series::SampleBatch& batch);
  void AppendFloats(const series::SampleBatch& batch);
  void AppendHistograms(const series::SampleBatch& batch);
  void Clear();

  // Samples to hold, when there are so many.
  static constexpr size_t kAheadSamples = 512;

  series::SampleCursor* cursor_ = nullptr;
  int64_t ahead_until_ms_ = std::numeric_limits<int64_t>::min();
  bool with_start_times_ = false;
  HistogramHints hints_;
  int64_t newest_ms_ = std::numeric_limits<int64_t>::min();  // Of what was pulled, stale markers included.
  Lane<double> floats_;
  Lane<HistogramPtr> histograms_;
  FloatWindow float_window_;
  HistogramWindow histogram_window_;
};

}  // namespace epi::promql
