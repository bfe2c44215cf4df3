// Match groups: which series of two vectors belong together, by on(…) or ignoring(…).
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "common/promql/ast.h"
#include "common/promql/operators/vector_operator.h"

namespace epi::promql {

class MatchKeys {
 public:
  explicit MatchKeys(const VectorMatching& matching);

  // The group of every series, as dense numbers over all calls.
  std::vector<uint32_t> KeysOf(const std::vector<SeriesMeta>& series);
  size_t size() const { return labels_.size(); }
  // The labels a group has in common.
  const labels::Labels& LabelsOf(uint32_t key) const { return labels_[key]; }

 private:
  const bool on_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, uint32_t> keys_;
  std::vector<labels::Labels> labels_;
};

}  // namespace epi::promql
