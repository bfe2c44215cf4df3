// Every label name, value and (name, value) pair of an index that is being written, as small numbers.
//
// Contract: numbers are given in order of first appearance; Sort() then says where each symbol and pair stands in byte order.
// Threads:  one.
// Owns:     a copy of every distinct string: the one part of an index writer that grows with the labels, not with the series.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/labels/labels.h"

namespace epi::tsdb {

class LabelPairs {
 public:
  struct Pair {
    uint32_t name = 0;   // Symbol number.
    uint32_t value = 0;  // Symbol number.
    uint64_t series = 0;
  };

  // The empty string is always a symbol: Prometheus writes it, for the name of the list of all series.
  LabelPairs() { AddSymbol(""); }

  // Counts a series; replaces *pairs by its pairs' numbers, in label order. The most recent series is remembered, so that the
  // labels it shares with the next cost nothing.
  void AddSeries(const labels::Labels& series, std::vector<uint32_t>* pairs);

  // Call once, after the last series.
  void Sort();

  const std::vector<Pair>& pairs() const { return pairs_; }
  std::string_view symbol(uint32_t number) const { return symbols_[number]; }
  size_t symbol_count() const { return symbols_.size(); }
  // After Sort(): symbol numbers in byte order, and the place of each number in it.
  const std::vector<uint32_t>& symbols_in_order() const { return symbols_in_order_; }
  uint32_t rank(uint32_t number) const { return ranks_[number]; }
  // After Sort(): pair numbers by name, then value.
  const std::vector<uint32_t>& pairs_in_order() const { return pairs_in_order_; }

 private:
  uint32_t AddSymbol(std::string_view text);
  uint32_t AddPair(const labels::Label& label);

  std::deque<std::string> symbols_;
  std::unordered_map<std::string_view, uint32_t> symbol_numbers_;
  std::vector<Pair> pairs_;
  std::unordered_map<uint64_t, uint32_t> pair_numbers_;
  labels::Labels last_;
  std::vector<uint32_t> last_pairs_;
  std::vector<uint32_t> symbols_in_order_;
  std::vector<uint32_t> ranks_;
  std::vector<uint32_t> pairs_in_order_;
};

}  // namespace epi::tsdb
