// What a test script runs against: a PromQL engine with lookback 5m, default subquery step 1m, and all features on except
// type-and-unit-labels.
#pragma once

#include <string>

#include "common/base/status.h"
#include "common/promql/annotations.h"
#include "common/promql/value.h"
#include "common/series/querier.h"

namespace epi::promqltest {

struct Answer {
  promql::Value value;
  promql::Annotations annotations;
};

class Evaluator {
 public:
  virtual ~Evaluator() = default;
  virtual Result<Answer> Instant(const series::Querier& querier, const std::string& query, int64_t time_ms) = 0;
  // The value is a Matrix.
  virtual Result<Answer> Range(const series::Querier& querier, const std::string& query, int64_t start_ms, int64_t end_ms,
                               int64_t step_ms) = 0;
};

}  // namespace epi::promqltest
