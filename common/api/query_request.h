// The parameters of query and query_range, Prometheus' and Thanos', checked.
//
// Errors: InvalidArgument with Prometheus' texts; unknown parameters are ignored.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "common/api/request_params.h"
#include "common/api/source.h"
#include "common/base/status.h"

namespace epi::api {

// Points per series that a range query may ask for, as Prometheus: one more than this many steps.
inline constexpr int64_t kRangeStepsMax = 11'000;
// A missing step becomes this part of the range, when a default step is configured.
inline constexpr int64_t kDefaultStepParts = 250;

struct QueryDefaults {
  // Smallest step of a range query that names none; zero: naming one is required.
  std::chrono::milliseconds default_step{0};
  bool partial_response = true;
  // max_source_resolution of requests that name none is step / 5.
  bool auto_downsampling = false;
  std::chrono::milliseconds instant_max_source_resolution{0};
  // Downsampled samples are further apart than the usual lookback: see LookbackMs().
  bool dynamic_lookback = true;
};

enum class StatsLevel : uint8_t { kNone, kBasic, kAll };

struct QueryRequest {
  std::string query;
  int64_t start_ms = 0;  // The evaluation time of an instant query.
  int64_t end_ms = 0;
  int64_t step_ms = 0;   // 0 for an instant query.
  int64_t limit = 0;     // Series; 0 = all.
  std::optional<std::chrono::milliseconds> timeout;
  int64_t lookback_ms = 0;  // 0: the engine's.
  StatsLevel stats = StatsLevel::kNone;
  std::string stats_warning;  // For values of `stats` that are on their way out.
  bool analyze = false;
  SourceOptions source;
};

Result<QueryRequest> ParseInstantQuery(const RequestParams& params, int64_t now_ms, const QueryDefaults& defaults);
Result<QueryRequest> ParseRangeQuery(const RequestParams& params, const QueryDefaults& defaults);

// How old the newest sample may be: what the request says; else the engine's, but no less than the resolution that
// max_source_resolution lets through (5m from 1 ms on, 1h above 5m).
int64_t LookbackMs(const QueryRequest& request, int64_t engine_lookback_ms, const QueryDefaults& defaults);

// dedup, replicaLabels[], partial_response, storeMatch[]: understood by every endpoint.
Result<SourceOptions> ParseSourceOptions(const RequestParams& params, const QueryDefaults& defaults);

}  // namespace epi::api
