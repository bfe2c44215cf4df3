// Engine: evaluates PromQL over a series::Querier.
//
// A query's way: parse → plan (plan/plan.h) → one Select per distinct selector → operators (operators/vector_operator.h), each
// of which hands out one column per series → a result.
//
// Contract: answers are those of Prometheus 3.14 with the same features switched on, and depend neither on the number of
//           workers nor on the order in which series are read.
// Threads:  Instant() and Range() may be called from any number of threads. A query runs on the calling thread and, when it
//           is large, on `workers` - 1 threads of its own that end with it.
// Units:    times and durations are milliseconds.
// Errors:   InvalidArgument      the text does not parse, or a parameter is out of bounds (bad_data)
//           FailedPrecondition   evaluation failed: duplicate labels, many-to-many matching … (execution)
//           ResourceExhausted    too many samples, or the memory budget is used up (execution)
//           DeadlineExceeded     "query timed out in expression evaluation" (timeout)
//           Cancelled            "query was canceled in expression evaluation" (canceled)
//           others               the querier's own
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/base/context.h"
#include "common/base/memory_account.h"
#include "common/base/status.h"
#include "common/promql/annotations.h"
#include "common/promql/ast.h"
#include "common/promql/operators/column.h"
#include "common/promql/operators/profile.h"
#include "common/promql/options.h"
#include "common/promql/plan/step_grid.h"
#include "common/promql/value.h"
#include "common/series/querier.h"

namespace epi::promql {

struct EngineOptions {
  Features features;
  // How old the newest sample of a series may be.
  int64_t lookback_ms = 5 * 60 * 1000;
  // Step of a subquery that names none.
  int64_t default_eval_interval_ms = 60 * 1000;
  // Points a query may hold at once, as Prometheus counts them; 0 = no limit.
  int64_t samples_max = 50'000'000;
  // Threads one query may use.
  size_t workers = 1;
};

struct QueryParams {
  int64_t lookback_ms = 0;  // 0: the engine's.
  bool analyze = false;     // Fill QueryResult::profile.
};

struct QueryStats {
  int64_t samples_total = 0;  // Points that selectors and windows delivered, summed over steps.
  int64_t samples_peak = 0;   // Most points held at once.
  std::vector<int64_t> samples_per_step;  // With Features::per_step_stats.
  std::chrono::nanoseconds prepare{0};    // Parsing, planning and selecting series.
  std::chrono::nanoseconds inner_eval{0};
  std::chrono::nanoseconds sort{0};
};

// The answer to a range query: series sorted by labels, none of them empty.
struct ColumnMatrix {
  struct Series {
    labels::Labels labels;
    Column column;
  };
  StepGrid grid;
  std::vector<Series> series;

  // The same as lists of points.
  Matrix ToMatrix() const;
};

struct QueryResult {
  // A range query answers with a ColumnMatrix; an instant query with a Scalar, String, Vector, or (range vector) a Matrix.
  std::variant<Scalar, String, Vector, Matrix, ColumnMatrix> value;
  // PromQL's own warnings and infos.
  Annotations annotations;
  // What the querier could not read, one line each: the answer is incomplete when there are any.
  std::vector<std::string> storage_warnings;
  QueryStats stats;
  std::optional<OperatorProfile> profile;  // With QueryParams::analyze.
  // What the value takes, charged to the account of the query's context (which must outlive the result).
  MemoryCharge memory;

  // The plain value; a ColumnMatrix becomes a Matrix.
  Value ToValue() const;
};

class Engine {
 public:
  explicit Engine(EngineOptions options) : options_(std::move(options)) {}

  Result<QueryResult> Instant(const Context& ctx, const series::Querier& querier, std::string_view query, int64_t time_ms,
                              const QueryParams& params = {}) const;
  Result<QueryResult> Instant(const Context& ctx, const series::Querier& querier, const Expr& expr, int64_t time_ms,
                              const QueryParams& params = {}) const;
  // REQUIRES: nothing; a step below 1 ms or an end before the start is InvalidArgument.
  struct RangeTimes {
    int64_t start_ms = 0;
    int64_t end_ms = 0;
    int64_t step_ms = 0;
  };
  Result<QueryResult> Range(const Context& ctx, const series::Querier& querier, std::string_view query,
                            const RangeTimes& times, const QueryParams& params = {}) const;
  Result<QueryResult> Range(const Context& ctx, const series::Querier& querier, const Expr& expr, const RangeTimes& times,
                            const QueryParams& params = {}) const;

  // The plan of a query as text, one operator per line. See plan/explain.h.
  Result<std::string> Explain(std::string_view query, const RangeTimes& times, const QueryParams& params = {}) const;

  const EngineOptions& options() const { return options_; }

 private:
  const EngineOptions options_;
};

}  // namespace epi::promql
