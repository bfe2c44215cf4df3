// PromQL once more: slow and obvious, to compare the engine with. It shares the parser, the annotations' texts and the arithmetic of
// native histograms with the engine, and nothing else.
//
// Threads:  one query at a time.
#pragma once

#include "tests/support/promqlref/evaluation.h"
#include "common/promqltest/evaluator.h"

namespace epi::promqlref {

class ReferenceEvaluator final : public promqltest::Evaluator {
 public:
  // The options of test scripts.
  ReferenceEvaluator();
  explicit ReferenceEvaluator(EvaluationOptions options) : options_(std::move(options)) {}

  Result<promqltest::Answer> Instant(const series::Querier& querier, const std::string& query, int64_t time_ms) override;
  Result<promqltest::Answer> Range(const series::Querier& querier, const std::string& query, int64_t start_ms, int64_t end_ms,
                                   int64_t step_ms) override;

 private:
  const EvaluationOptions options_;
};

}  // namespace epi::promqlref
