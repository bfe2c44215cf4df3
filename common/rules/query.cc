#include "common/rules/query.h"

#include <utility>

namespace epi::rules {

QueryFunction EngineQuery(const promql::Engine* engine, const series::Querier* querier) {
  return [engine, querier](const Context& ctx, const std::string& expr, int64_t t_ms) -> Result<promql::Vector> {
    auto answer = TRY(engine->Instant(ctx, *querier, expr, t_ms));
    if (auto* vector = std::get_if<promql::Vector>(&answer.value)) return std::move(*vector);
    if (const auto* scalar = std::get_if<promql::Scalar>(&answer.value)) {
      return promql::Vector{{.t_ms = scalar->t_ms, .value = scalar->value}};
    }
    return InvalidArgumentError("rule result is not a vector or scalar");
  };
}

}  // namespace epi::rules
