// Compensated sums (Kahan-Neumaier), the way PromQL's results are defined. Built with -ffp-contract=off.
#pragma once

#include <cmath>

namespace epi::series {

// sum + compensation is the exact-as-possible total.
struct KahanSum {
  double sum = 0;
  double compensation = 0;

  void Add(double value) {
    const double total = sum + value;
    if (std::isinf(total)) {
      compensation = 0;
    } else if (std::fabs(sum) >= std::fabs(value)) {
      compensation += (sum - total) + value;
    } else {
      compensation += (value - total) + sum;
    }
    sum = total;
  }
  void Merge(const KahanSum& other) {
    Add(other.sum);
    if (!std::isinf(sum)) compensation += other.compensation;
  }
  double Total() const { return sum + compensation; }
};

}  // namespace epi::series
