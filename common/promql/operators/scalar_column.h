// ScalarColumn: a scalar at every step of a grid; one value when it is the same everywhere.
#pragma once

#include <vector>

namespace epi::promql {

class ScalarColumn {
 public:
  explicit ScalarColumn(double constant) : values_{constant} {}
  // REQUIRES: one value per step.
  explicit ScalarColumn(std::vector<double> values) : values_(std::move(values)), constant_(false) {}

  bool constant() const { return constant_; }
  double At(size_t step) const { return constant_ ? values_[0] : values_[step]; }

 private:
  std::vector<double> values_;
  bool constant_ = true;
};

}  // namespace epi::promql
