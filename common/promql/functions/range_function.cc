#include "common/promql/functions/range_function.h"

#include "common/promql/operators/sample_tracker.h"

namespace epi::promql {

const RangeFunction* FindRangeFunction(std::string_view name) {
  for (const auto& family : {OverTimeFunctions(), RateFunctions(), TrendFunctions()}) {
    for (const RangeFunction& function : family) {
      if (function.name == name) return &function;
    }
  }
  return nullptr;
}

int64_t WindowPoints(const FloatWindow& floats, const HistogramWindow& histograms) {
  auto points = static_cast<int64_t>(floats.size);
  for (size_t i = 0; i < histograms.size; ++i) points += HistogramPoints(*histograms.values[i]);
  return points;
}

}  // namespace epi::promql
