// A cursor over samples in memory, cut into batches of a given size.
#pragma once

#include <algorithm>
#include <vector>

#include "common/series/querier.h"

namespace epi::series {

struct FloatSample {
  int64_t t_ms = 0;
  double value = 0;
  friend bool operator==(const FloatSample& a, const FloatSample& b) {
    return a.t_ms == b.t_ms && std::bit_cast<uint64_t>(a.value) == std::bit_cast<uint64_t>(b.value);
  }
};
using FloatSamples = std::vector<FloatSample>;

class VectorCursor : public SampleCursor {
 public:
  VectorCursor(const FloatSamples& samples, size_t batch_size) : batch_size_(batch_size) {
    for (const FloatSample& sample : samples) {
      times_.push_back(sample.t_ms);
      values_.push_back(sample.value);
    }
  }

  // Copies each batch into fresh buffers, so that a use after the next call is a use after free.
  Result<const SampleBatch*> Next() override {
    if (next_ == times_.size()) return nullptr;
    const size_t end = std::min(times_.size(), next_ + batch_size_);
    batch_times_ = std::vector<int64_t>(times_.begin() + Offset(next_), times_.begin() + Offset(end));
    batch_values_ = std::vector<double>(values_.begin() + Offset(next_), values_.begin() + Offset(end));
    next_ = end;
    batch_ = {.times_ms = batch_times_, .values = batch_values_, .histograms = {}, .start_times_ms = {}};
    return &batch_;
  }
  void SkipTo(int64_t /*t_ms*/) override {}

 private:
  static std::ptrdiff_t Offset(size_t i) { return static_cast<std::ptrdiff_t>(i); }
  const size_t batch_size_;
  std::vector<int64_t> times_;
  std::vector<double> values_;
  std::vector<int64_t> batch_times_;
  std::vector<double> batch_values_;
  size_t next_ = 0;
  SampleBatch batch_;
};

class HistogramCursor : public SampleCursor {
 public:
  HistogramCursor(std::vector<int64_t> times, FloatHistogram histogram) : times_(std::move(times)), histograms_(times_.size(), histogram) {}
  Result<const SampleBatch*> Next() override {
    if (done_) return nullptr;
    done_ = true;
    batch_ = {.times_ms = times_, .values = {}, .histograms = histograms_, .start_times_ms = {}};
    return &batch_;
  }
  void SkipTo(int64_t /*t_ms*/) override {}

 private:
  const std::vector<int64_t> times_;
  const std::vector<FloatHistogram> histograms_;
  bool done_ = false;
  SampleBatch batch_;
};

inline FloatSamples ReadAll(SampleCursor& cursor) {
  FloatSamples samples;
  for (;;) {
    const auto batch = cursor.Next();
    if (!batch.ok() || *batch == nullptr) return samples;
    for (size_t i = 0; i < (*batch)->size(); ++i) samples.push_back({(*batch)->times_ms[i], (*batch)->values[i]});
  }
}

}  // namespace epi::series
