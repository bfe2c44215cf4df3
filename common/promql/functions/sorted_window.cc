#include "common/promql/functions/sorted_window.h"

#include <algorithm>

#include "common/promql/functions/quantile.h"

namespace epi::promql {

void SortedWindow::Remove(double value) { sorted_.erase(std::lower_bound(sorted_.begin(), sorted_.end(), value, NanFirst)); }

void SortedWindow::Insert(double value) { sorted_.insert(std::upper_bound(sorted_.begin(), sorted_.end(), value, NanFirst), value); }

std::span<const double> SortedWindow::Of(const FloatWindow& window) {
  const size_t old_end = first_ + window_.size();
  const size_t end = window.first + window.size;
  const size_t left = std::min(window.first, old_end) - first_;
  const size_t entered = end - std::max(window.first, old_end);
  const bool mostly_new = 2 * (left + entered) >= window.size;
  if (mostly_new) {
    sorted_.assign(window.values, window.values + window.size);
    std::sort(sorted_.begin(), sorted_.end(), NanFirst);
  } else {
    for (size_t i = 0; i < left; ++i) Remove(window_[i]);
    for (size_t i = window.size - entered; i < window.size; ++i) Insert(window.values[i]);
  }
  window_.assign(window.values, window.values + window.size);
  first_ = window.first;
  return sorted_;
}

}  // namespace epi::promql
