// What answers the expressions of rules.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "common/base/context.h"
#include "common/promql/engine.h"
#include "common/promql/value.h"
#include "common/series/querier.h"

namespace epi::rules {

// The vector of an expression at a time. A scalar is a vector of one sample without labels; anything else is an error.
using QueryFunction = std::function<Result<promql::Vector>(const Context& ctx, const std::string& expr, int64_t t_ms)>;

// Queries of `engine` over `querier`; both outlive the function.
QueryFunction EngineQuery(const promql::Engine* engine, const series::Querier* querier);

}  // namespace epi::rules
