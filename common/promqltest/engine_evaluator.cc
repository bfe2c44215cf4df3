#include "common/promqltest/engine_evaluator.h"

namespace epi::promqltest {
namespace {

promql::EngineOptions ScriptOptions(size_t workers) {
  promql::EngineOptions options;
  options.features = promql::Features::All();
  options.features.type_and_unit_labels = false;
  options.samples_max = 10'000;
  options.workers = workers;
  return options;
}

Answer ToAnswer(const promql::QueryResult& result) { return {result.ToValue(), result.annotations}; }

}  // namespace

EngineEvaluator::EngineEvaluator(size_t workers) : engine_(ScriptOptions(workers)) {}

Result<Answer> EngineEvaluator::Instant(const series::Querier& querier, const std::string& query, int64_t time_ms) {
  return ToAnswer(TRY(engine_.Instant(Context::Background(), querier, query, time_ms)));
}

Result<Answer> EngineEvaluator::Range(const series::Querier& querier, const std::string& query, int64_t start_ms, int64_t end_ms,
                                      int64_t step_ms) {
  return ToAnswer(TRY(engine_.Range(Context::Background(), querier, query, {start_ms, end_ms, step_ms})));
}

}  // namespace epi::promqltest
