// The slow-query log: one structured line for every query that took long, failed or not.
//
//   level=warn msg="slow query" query="…" start=… end=… step=… duration=12.3s queued=0.1s samples=… peak_samples=… series=…
//   status=success client=… dashboard=… panel=…
#pragma once

#include <chrono>
#include <string>

#include "common/api/answer.h"
#include "common/api/query_json.h"
#include "common/api/query_origin.h"
#include "common/api/query_request.h"
#include "common/log/logger.h"
#include "common/promql/engine.h"

namespace epi::api {

struct QueryLog {
  log::Logger logger = log::Logger::Discard();
  // Queries that take at least so long are logged; zero: none.
  std::chrono::milliseconds slow{0};

  // `result` is null for a query that failed with `error`.
  void Record(const QueryRequest& request, const QueryOrigin& origin, const QueryTimes& times, const promql::QueryResult* result,
              const Status& error) const;
};

}  // namespace epi::api
