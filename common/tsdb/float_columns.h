// The samples of a float chunk as columns: times, values and, where known, start times.
//
// Threads:  none.
// Owns:     its buffers, which later chunks reuse; spans live until the next Resize.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

namespace epi::tsdb {

class FloatColumns {
 public:
  size_t size() const { return size_; }
  std::span<const int64_t> times_ms() const { return {times_.get(), size_}; }
  std::span<const double> values() const { return {values_.get(), size_}; }
  // Empty when the chunk has no start times.
  std::span<const int64_t> start_times_ms() const { return {starts_.get(), has_start_times_ ? size_ : 0}; }

  // For decoders: room for `size` samples, contents undefined.
  void Resize(size_t size, bool has_start_times) {
    if (size > capacity_) {
      times_ = std::make_unique_for_overwrite<int64_t[]>(size);
      values_ = std::make_unique_for_overwrite<double[]>(size);
      capacity_ = size;
    }
    if (has_start_times && size > starts_capacity_) {
      starts_ = std::make_unique_for_overwrite<int64_t[]>(size);
      starts_capacity_ = size;
    }
    size_ = size;
    has_start_times_ = has_start_times;
  }
  int64_t* mutable_times_ms() { return times_.get(); }
  double* mutable_values() { return values_.get(); }
  int64_t* mutable_start_times_ms() { return starts_.get(); }

 private:
  size_t size_ = 0;
  size_t capacity_ = 0;
  size_t starts_capacity_ = 0;
  bool has_start_times_ = false;
  std::unique_ptr<int64_t[]> times_;
  std::unique_ptr<double[]> values_;
  std::unique_ptr<int64_t[]> starts_;
};

}  // namespace epi::tsdb
