// Samples picked one by one out of other batches, as a batch of their own.
//
// Owns: the columns; Batch() lives until the next change.
#pragma once

#include <cstdint>
#include <vector>

#include "common/series/sample.h"

namespace epi::tsdb {

class SampleColumns {
 public:
  void Clear();
  // Copies sample i. REQUIRES: the batch has the kind of what was appended since Clear().
  void Append(const series::SampleBatch& batch, size_t i);
  size_t size() const { return times_ms_.size(); }
  bool empty() const { return times_ms_.empty(); }
  bool is_histogram() const { return !histograms_.empty(); }
  // Null when empty.
  const series::SampleBatch* Batch();

 private:
  std::vector<int64_t> times_ms_;
  std::vector<double> values_;
  std::vector<series::FloatHistogram> histograms_;
  std::vector<int64_t> start_times_ms_;
  bool any_start_time_ = false;
  series::SampleBatch batch_;
};

}  // namespace epi::tsdb
