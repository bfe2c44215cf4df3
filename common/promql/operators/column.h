// Column: the values of one series at every step of a grid.
//
//   values      [ 1.5 | …   | 2.0 | …   ]   a double per step, meaningless where not valid
//   valid       [ 1   | 0   | 1   | 0   ]   a bit per step: there is a float
//   histograms  [ -   | h   | -   | -   ]   empty when the series has none, else a pointer per step
//
// Contract: a step has a float, a histogram or neither, never both. Bits beyond the last step are zero.
// Threads:  a value.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "common/promql/value.h"

namespace epi::promql {

// One bit per step.
class StepBits {
 public:
  StepBits() = default;
  explicit StepBits(size_t size) { Reset(size); }

  void Reset(size_t size) {
    size_ = size;
    words_.assign((size + 63) / 64, 0);
  }
  size_t size() const { return size_; }
  bool Test(size_t i) const { return ((words_[i >> 6] >> (i & 63)) & 1) != 0; }
  void Set(size_t i) { words_[i >> 6] |= uint64_t{1} << (i & 63); }
  void Clear(size_t i) { words_[i >> 6] &= ~(uint64_t{1} << (i & 63)); }
  void SetAll();
  bool Any() const;
  bool All() const;
  size_t Count() const;
  bool Intersects(const StepBits& other) const;
  StepBits& operator|=(const StepBits& other);
  StepBits& operator&=(const StepBits& other);
  // Clears the bits that are set in `other`.
  void Subtract(const StepBits& other);
  std::span<const uint64_t> words() const { return words_; }
  size_t bytes() const { return words_.capacity() * sizeof(uint64_t); }

  // Calls visit(i) for every set bit, in order.
  template <typename Visit>
  void ForEach(Visit&& visit) const {
    for (size_t w = 0; w < words_.size(); ++w) {
      for (uint64_t word = words_[w]; word != 0; word &= word - 1) {
        visit(w * 64 + static_cast<size_t>(std::countr_zero(word)));
      }
    }
  }

 private:
  std::vector<uint64_t> words_;
  size_t size_ = 0;
};

struct Column {
  std::vector<double> values;
  StepBits valid;
  std::vector<HistogramPtr> histograms;

  Column() = default;
  explicit Column(size_t steps) { Reset(steps); }

  // All steps absent.
  void Reset(size_t steps);
  size_t steps() const { return values.size(); }
  // Is there a histogram at any step?
  bool has_histograms() const { return !histograms.empty() && AnyHistogram(); }
  bool HasFloat(size_t step) const { return valid.Test(step); }
  const HistogramPtr* HistogramAt(size_t step) const {
    return histograms.empty() || histograms[step] == nullptr ? nullptr : &histograms[step];
  }
  bool Present(size_t step) const { return valid.Test(step) || HistogramAt(step) != nullptr; }
  bool Empty() const;
  // Steps with a float or a histogram.
  StepBits Presence() const;
  size_t PointCount() const;

  void SetFloat(size_t step, double value) {
    values[step] = value;
    valid.Set(step);
  }
  void SetHistogram(size_t step, HistogramPtr histogram);
  void ClearStep(size_t step) {
    valid.Clear(step);
    if (!histograms.empty()) histograms[step] = nullptr;
  }
  // Clears every step that is not set in `keep`.
  void Mask(const StepBits& keep);
  void DropHistograms() { histograms.clear(); }
  // Takes over the steps of `other`. False when both have a value at one step; then the content is unspecified.
  bool MergeDisjoint(Column&& other);

  size_t bytes() const { return BytesFor(steps()) + histograms.capacity() * sizeof(HistogramPtr); }
  static size_t BytesFor(size_t steps) { return steps * sizeof(double) + (steps + 63) / 64 * sizeof(uint64_t); }

 private:
  bool AnyHistogram() const;
};

}  // namespace epi::promql
