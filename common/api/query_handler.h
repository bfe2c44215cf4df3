// query, query_range, their explain forms, format_query and parse_query.
//
// Contract: a query waits at the gate for its turn, within its own timeout; its memory is charged to an account of its own
//           below the process'. The whole result exists before the first byte is written, so that errors get their status.
// Threads:  methods are safe from any thread.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "common/api/active_queries.h"
#include "common/api/answer.h"
#include "common/api/query_log.h"
#include "common/api/query_origin.h"
#include "common/api/query_request.h"
#include "common/api/request_params.h"
#include "common/api/source.h"
#include "common/base/clock.h"
#include "common/base/context.h"
#include "common/promql/engine.h"
#include "common/runtime/gate.h"

namespace epi::api {

struct QueryHandlerOptions {
  const promql::Engine* engine = nullptr;  // Outlives the handler, as all pointers here.
  runtime::Gate* gate = nullptr;
  MemoryAccount* process_memory = nullptr;  // May be null.
  const Clock* clock = &Clock::System();
  OpenSource open_source;
  QueryDefaults defaults;
  std::chrono::milliseconds timeout_max{std::chrono::minutes(2)};
  uint64_t query_bytes_max = 256ULL << 20;
  ActiveQueries* active = nullptr;
  QueryLog log;
};

class QueryHandler {
 public:
  explicit QueryHandler(QueryHandlerOptions options) : options_(std::move(options)) {}

  Answer Instant(const Context& ctx, const RequestParams& params, const QueryOrigin& origin = {}) const;
  Answer Range(const Context& ctx, const RequestParams& params, const QueryOrigin& origin = {}) const;
  Answer ExplainInstant(const Context& ctx, const RequestParams& params) const;
  Answer ExplainRange(const Context& ctx, const RequestParams& params) const;
  Answer FormatQuery(const RequestParams& params) const;
  Answer ParseQuery(const RequestParams& params) const;

 private:
  Answer Run(const Context& ctx, const QueryRequest& request, const QueryOrigin& origin) const;
  Answer Explain(const QueryRequest& request) const;
  int64_t LookbackMs(const QueryRequest& request) const {
    return api::LookbackMs(request, options_.engine->options().lookback_ms, options_.defaults);
  }

  const QueryHandlerOptions options_;
};

}  // namespace epi::api
