// Runs test scripts against promql::Engine.
#pragma once

#include "common/promql/engine.h"
#include "common/promqltest/evaluator.h"

namespace epi::promqltest {

class EngineEvaluator final : public Evaluator {
 public:
  explicit EngineEvaluator(size_t workers = 1);

  Result<Answer> Instant(const series::Querier& querier, const std::string& query, int64_t time_ms) override;
  Result<Answer> Range(const series::Querier& querier, const std::string& query, int64_t start_ms, int64_t end_ms,
                       int64_t step_ms) override;

 private:
  const promql::Engine engine_;
};

}  // namespace epi::promqltest
