// The "data" of a query's answer: {"resultType":…,"result":…,"stats":{…},"analysis":{…}}.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "common/api/answer.h"
#include "common/api/query_request.h"
#include "common/promql/engine.h"

namespace epi::api {

struct QueryTimes {
  std::chrono::nanoseconds queued{0};
  std::chrono::nanoseconds evaluated{0};
};

Status WriteQueryData(const promql::QueryResult& result, const QueryRequest& request, const QueryTimes& times,
                      JsonSink* sink);

// {"name":"operator","children":[…]} from a plan of one operator per line, children indented by two spaces.
std::string ExplainJson(std::string_view plan);

}  // namespace epi::api
