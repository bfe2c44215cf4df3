#include "common/promql/operators/column.h"

#include <algorithm>

namespace epi::promql {

void StepBits::SetAll() {
  if (words_.empty()) return;
  std::fill(words_.begin(), words_.end(), ~uint64_t{0});
  const size_t rest = size_ & 63;
  if (rest != 0) words_.back() = (uint64_t{1} << rest) - 1;
}

bool StepBits::Any() const {
  return std::any_of(words_.begin(), words_.end(), [](uint64_t word) { return word != 0; });
}

bool StepBits::All() const {
  const size_t whole = size_ / 64;
  for (size_t i = 0; i < whole; ++i) {
    if (words_[i] != ~uint64_t{0}) return false;
  }
  return size_ % 64 == 0 || words_[whole] == (uint64_t{1} << (size_ % 64)) - 1;
}

size_t StepBits::Count() const {
  size_t count = 0;
  for (const uint64_t word : words_) count += static_cast<size_t>(std::popcount(word));
  return count;
}

bool StepBits::Intersects(const StepBits& other) const {
  for (size_t i = 0; i < words_.size(); ++i) {
    if ((words_[i] & other.words_[i]) != 0) return true;
  }
  return false;
}

StepBits& StepBits::operator|=(const StepBits& other) {
  for (size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
  return *this;
}

StepBits& StepBits::operator&=(const StepBits& other) {
  for (size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
  return *this;
}

void StepBits::Subtract(const StepBits& other) {
  for (size_t i = 0; i < words_.size(); ++i) words_[i] &= ~other.words_[i];
}

void Column::Reset(size_t steps) {
  values.resize(steps);
  valid.Reset(steps);
  histograms.clear();
}

bool Column::Empty() const {
  return !valid.Any() &&
         std::all_of(histograms.begin(), histograms.end(), [](const HistogramPtr& h) { return h == nullptr; });
}

StepBits Column::Presence() const {
  StepBits presence = valid;
  for (size_t i = 0; i < histograms.size(); ++i) {
    if (histograms[i] != nullptr) presence.Set(i);
  }
  return presence;
}

size_t Column::PointCount() const {
  return valid.Count() + static_cast<size_t>(std::count_if(histograms.begin(), histograms.end(),
                                                           [](const HistogramPtr& h) { return h != nullptr; }));
}

void Column::SetHistogram(size_t step, HistogramPtr histogram) {
  if (histograms.empty()) histograms.resize(steps());
  histograms[step] = std::move(histogram);
}

void Column::Mask(const StepBits& keep) {
  valid &= keep;
  for (size_t i = 0; i < histograms.size(); ++i) {
    if (!keep.Test(i)) histograms[i] = nullptr;
  }
}

bool Column::MergeDisjoint(Column&& other) {
  if (Presence().Intersects(other.Presence())) return false;
  other.valid.ForEach([&](size_t step) { SetFloat(step, other.values[step]); });
  for (size_t step = 0; step < other.histograms.size(); ++step) {
    if (other.histograms[step] != nullptr) SetHistogram(step, std::move(other.histograms[step]));
  }
  return true;
}

bool Column::AnyHistogram() const {
  return std::any_of(histograms.begin(), histograms.end(), [](const HistogramPtr& histogram) { return histogram != nullptr; });
}

}  // namespace epi::promql
