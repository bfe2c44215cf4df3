#include "common/tsdb/label_pairs.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "common/base/check.h"

namespace epi::tsdb {

uint32_t LabelPairs::AddSymbol(std::string_view text) {
  const auto found = symbol_numbers_.find(text);
  if (found != symbol_numbers_.end()) return found->second;
  CHECK(symbols_.size() < UINT32_MAX);
  const auto number = static_cast<uint32_t>(symbols_.size());
  symbol_numbers_.emplace(symbols_.emplace_back(text), number);
  return number;
}

uint32_t LabelPairs::AddPair(const labels::Label& label) {
  const uint32_t name = AddSymbol(label.name);
  const uint32_t value = AddSymbol(label.value);
  const auto next = static_cast<uint32_t>(pairs_.size());
  const auto [found, added] = pair_numbers_.emplace(uint64_t{name} << 32 | value, next);
  if (added) pairs_.push_back({name, value, 0});
  return found->second;
}

void LabelPairs::AddSeries(const labels::Labels& series, std::vector<uint32_t>* pairs) {
  pairs->clear();
  auto before = last_.begin();
  size_t before_index = 0;
  for (const labels::Label label : series) {
    // Names are sorted on both sides: step to the label of this name, if the last series has one.
    while (before != last_.end() && (*before).name < label.name) {
      ++before;
      ++before_index;
    }
    const bool same = before != last_.end() && *before == label;
    pairs->push_back(same ? last_pairs_[before_index] : AddPair(label));
    ++pairs_[pairs->back()].series;
  }
  last_ = series;
  last_pairs_ = *pairs;
}

void LabelPairs::Sort() {
  symbols_in_order_.resize(symbols_.size());
  std::iota(symbols_in_order_.begin(), symbols_in_order_.end(), 0U);
  std::sort(symbols_in_order_.begin(), symbols_in_order_.end(),
            [this](uint32_t a, uint32_t b) { return symbols_[a] < symbols_[b]; });
  ranks_.resize(symbols_.size());
  for (size_t i = 0; i < symbols_in_order_.size(); ++i) ranks_[symbols_in_order_[i]] = static_cast<uint32_t>(i);
  pairs_in_order_.resize(pairs_.size());
  std::iota(pairs_in_order_.begin(), pairs_in_order_.end(), 0U);
  const auto key = [this](uint32_t pair) { return std::pair(ranks_[pairs_[pair].name], ranks_[pairs_[pair].value]); };
  std::sort(pairs_in_order_.begin(), pairs_in_order_.end(), [&](uint32_t a, uint32_t b) { return key(a) < key(b); });
}

}  // namespace epi::tsdb
