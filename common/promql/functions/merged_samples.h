// The floats and histograms of a window in one order of time.
#pragma once

#include <cmath>
#include <utility>

#include "common/promql/functions/range_function.h"
#include "common/promql/functions/start_time.h"
#include "common/series/float_histogram_math.h"

namespace epi::promql {

// A sample of either kind, or (present() is false) none.
struct AnySample {
  int64_t t_ms = std::numeric_limits<int64_t>::min();
  int64_t start_ms = 0;
  double value = 0;
  const HistogramPtr* histogram = nullptr;

  bool present() const { return t_ms != std::numeric_limits<int64_t>::min(); }
  bool is_histogram() const { return histogram != nullptr; }

  static AnySample Of(const FloatWindow& window, size_t i) {
    return {window.times_ms[i], window.StartTime(i), window.values[i], nullptr};
  }
  static AnySample Of(const HistogramWindow& window, size_t i) {
    return {window.times_ms[i], window.StartTime(i), 0, &window.values[i]};
  }
};

class MergedSamples {
 public:
  MergedSamples(const FloatWindow& floats, const HistogramWindow& histograms) : floats_(floats), histograms_(histograms) {}
  // The next one; none at the end.
  AnySample Next() {
    const bool has_float = f_ < floats_.size;
    const bool has_histogram = h_ < histograms_.size;
    if (!has_float && !has_histogram) return {};
    if (has_float && (!has_histogram || floats_.times_ms[f_] <= histograms_.times_ms[h_])) return AnySample::Of(floats_, f_++);
    return AnySample::Of(histograms_, h_++);
  }

 private:
  const FloatWindow& floats_;
  const HistogramWindow& histograms_;
  size_t f_ = 0;
  size_t h_ = 0;
};

// The last sample of a frame and the one before it; none when there are too few.
inline std::pair<AnySample, AnySample> LastTwo(const RangeFrame& frame) {
  size_t f = frame.floats.size;
  size_t h = frame.histograms.size;
  const auto take = [&]() -> AnySample {
    if (f == 0 && h == 0) return {};
    if (f > 0 && (h == 0 || frame.floats.times_ms[f - 1] >= frame.histograms.times_ms[h - 1])) {
      return AnySample::Of(frame.floats, --f);
    }
    return AnySample::Of(frame.histograms, --h);
  };
  const AnySample last = take();
  const AnySample before = take();
  return {before, last};
}

// Neighbours in the window that differ. REQUIRES: the window has a sample.
template <typename Differs>
double CountDifferingPairs(const FloatWindow& floats, const HistogramWindow& histograms) {
  MergedSamples samples(floats, histograms);
  AnySample before = samples.Next();
  double count = 0;
  for (AnySample sample = samples.Next(); sample.present(); sample = samples.Next()) {
    if (Differs()(before, sample)) ++count;
    before = sample;
  }
  return count;
}

// changes(): another value or another kind. NaN after NaN is no change.
struct ValueChanges {
  bool operator()(const AnySample& before, const AnySample& sample) const {
    if (before.is_histogram() != sample.is_histogram()) return true;
    if (sample.is_histogram()) return !series::EqualBits(**sample.histogram, **before.histogram);
    return sample.value != before.value && !(std::isnan(sample.value) && std::isnan(before.value));
  }
};

// resets(): a fall, another kind, or a new start time.
struct CounterFalls {
  bool operator()(const AnySample& before, const AnySample& sample) const {
    if (before.is_histogram() != sample.is_histogram()) return true;
    if (StartSaysReset(before.t_ms, before.start_ms, sample.t_ms, sample.start_ms)) return true;
    if (sample.is_histogram()) return series::DetectReset(**sample.histogram, **before.histogram);
    return sample.value < before.value;
  }
};

}  // namespace epi::promql
