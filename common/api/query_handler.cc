#include "common/api/query_handler.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "common/api/params.h"
#include "common/api/query_json.h"
#include "common/base/json_writer.h"
#include "common/promql/parse.h"
#include "common/promql/print.h"

namespace epi::api {
namespace {

using SteadyClock = std::chrono::steady_clock;

// An expression that does not parse, or cannot be asked this way, is the caller's mistake and named as such.
Status AsQueryError(const Status& status) {
  return status.code() == StatusCode::kInvalidArgument ? InvalidParameter("query", status) : status;
}

// Waiting in line is part of the query: giving up there reads like giving up later.
Status AsQueueError(const Status& status) {
  if (status.code() == StatusCode::kDeadlineExceeded) {
    return DeadlineExceededError("query timed out in query queue");
  }
  if (status.code() == StatusCode::kCancelled) return CancelledError("query was canceled in query queue");
  return status;
}

// The result is charged to the account until it was written, and given back to it before the account goes.
struct ChargedResult {
  std::shared_ptr<MemoryAccount> memory;
  promql::QueryResult result;
};

bool Truncate(int64_t limit, promql::QueryResult* result) {
  const auto cut = [&](auto* items) {
    if (static_cast<int64_t>(items->size()) <= limit) return false;
    items->resize(static_cast<size_t>(limit));
    return true;
  };
  if (auto* vector = std::get_if<promql::Vector>(&result->value)) return cut(vector);
  if (auto* matrix = std::get_if<promql::Matrix>(&result->value)) return cut(matrix);
  if (auto* matrix = std::get_if<promql::ColumnMatrix>(&result->value)) return cut(&matrix->series);
  return false;
}

void CollectMessages(const QueryRequest& request, const promql::QueryResult& result, bool truncated, Answer* answer) {
  promql::AnnotationStrings strings = result.annotations.Strings(request.query);
  answer->warnings = result.storage_warnings;
  std::move(strings.warnings.begin(), strings.warnings.end(), std::back_inserter(answer->warnings));
  answer->infos = std::move(strings.infos);
  if (truncated) answer->warnings.emplace_back("results truncated due to limit");
  if (!request.stats_warning.empty()) answer->warnings.push_back(request.stats_warning);
}

}  // namespace

Answer QueryHandler::Run(const Context& ctx, const QueryRequest& request, const QueryOrigin& origin) const {
  const auto arrived = SteadyClock::now();
  const auto timeout = std::min(request.timeout.value_or(options_.timeout_max), options_.timeout_max);
  auto memory = std::make_shared<MemoryAccount>("query", options_.query_bytes_max, options_.process_memory);
  auto expr = promql::ParseExpr(request.query, options_.engine->options().features);
  if (!expr.ok()) return Answer::Error(AsQueryError(expr.status()));
  const ActiveQueries::Ticket ticket = options_.active->Enter(ctx.WithTimeout(timeout).WithMemory(memory.get()), request, origin);
  const Context& query_ctx = ticket.ctx();
  auto permit = options_.gate->Acquire(query_ctx);
  if (!permit.ok()) return Answer::Error(AsQueueError(permit.status()));
  const auto started = SteadyClock::now();
  auto source = options_.open_source(request.source);
  if (!source.ok()) return Answer::Error(source.status());
  const promql::QueryParams params{.lookback_ms = LookbackMs(request), .analyze = request.analyze};
  const series::Querier& querier = (*source)->querier();
  auto result = request.step_ms == 0
                    ? options_.engine->Instant(query_ctx, querier, **expr, request.start_ms, params)
                    : options_.engine->Range(query_ctx, querier, **expr,
                                             {request.start_ms, request.end_ms, request.step_ms}, params);
  const QueryTimes times{started - arrived, SteadyClock::now() - started};
  options_.log.Record(request, origin, times, result.ok() ? &*result : nullptr, result.status());
  Answer answer;
  answer.completeness = (*source)->completeness();
  if (!result.ok()) {
    answer.error = AsQueryError(result.status());
    return answer;
  }
  const bool truncated = request.limit > 0 && Truncate(request.limit, &*result);
  CollectMessages(request, *result, truncated, &answer);
  auto shared = std::make_shared<const ChargedResult>(ChargedResult{std::move(memory), std::move(*result)});
  answer.write_data = [shared, request, times](JsonSink* sink) {
    return WriteQueryData(shared->result, request, times, sink);
  };
  return answer;
}

Answer QueryHandler::Instant(const Context& ctx, const RequestParams& params, const QueryOrigin& origin) const {
  auto request = ParseInstantQuery(params, options_.clock->NowMs(), options_.defaults);
  return request.ok() ? Run(ctx, *request, origin) : Answer::Error(request.status());
}

Answer QueryHandler::Range(const Context& ctx, const RequestParams& params, const QueryOrigin& origin) const {
  auto request = ParseRangeQuery(params, options_.defaults);
  return request.ok() ? Run(ctx, *request, origin) : Answer::Error(request.status());
}

Answer QueryHandler::Explain(const QueryRequest& request) const {
  const promql::Engine::RangeTimes times{request.start_ms, request.end_ms, std::max<int64_t>(request.step_ms, 1)};
  const auto plan = options_.engine->Explain(request.query, times, {.lookback_ms = LookbackMs(request)});
  return plan.ok() ? Answer::Json(ExplainJson(*plan)) : Answer::Error(AsQueryError(plan.status()));
}

Answer QueryHandler::ExplainInstant(const Context& ctx, const RequestParams& params) const {
  if (const Status status = ctx.Check(); !status.ok()) return Answer::Error(status);
  auto request = ParseInstantQuery(params, options_.clock->NowMs(), options_.defaults);
  return request.ok() ? Explain(*request) : Answer::Error(request.status());
}

Answer QueryHandler::ExplainRange(const Context& ctx, const RequestParams& params) const {
  if (const Status status = ctx.Check(); !status.ok()) return Answer::Error(status);
  auto request = ParseRangeQuery(params, options_.defaults);
  return request.ok() ? Explain(*request) : Answer::Error(request.status());
}

Answer QueryHandler::FormatQuery(const RequestParams& params) const {
  const auto expr = promql::ParseExpr(params.Get("query"), options_.engine->options().features);
  if (!expr.ok()) return Answer::Error(AsQueryError(expr.status()));
  return Answer::Json(JsonQuote(promql::Prettify(**expr), HtmlEscape::kYes));
}

Answer QueryHandler::ParseQuery(const RequestParams& params) const {
  const auto expr = promql::ParseExpr(params.Get("query"), options_.engine->options().features);
  if (!expr.ok()) return Answer::Error(AsQueryError(expr.status()));
  return Answer::Json(promql::ToJson(**expr));
}

}  // namespace epi::api
