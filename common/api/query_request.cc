#include "common/api/query_request.h"

#include <algorithm>

#include "common/api/params.h"
#include "common/base/go_quote.h"
#include "common/base/str_cat.h"

namespace epi::api {
namespace {

// The resolutions that data is downsampled to.
constexpr int64_t kFiveMinutesMs = 5 * 60 * 1000;
constexpr int64_t kHourMs = 60 * 60 * 1000;

StatsLevel ParseStats(std::string_view text, std::string* warning) {
  if (text.empty()) return StatsLevel::kNone;
  if (text == "all") return StatsLevel::kAll;
  if (text != "true") {
    *warning = StrCat("value ", GoQuote(text),
                      " for parameter \"stats\" is deprecated and will be rejected in the next major release, use \"true\" "
                      "or \"all\"");
  }
  return StatsLevel::kBasic;
}

// "auto", or a duration; -1 for auto.
Result<int64_t> ParseResolution(const RequestParams& params, int64_t missing_ms) {
  constexpr std::string_view kName = "max_source_resolution";
  const std::string_view text = params.Get(kName);
  if (text.empty()) return missing_ms;
  if (text == "auto") return -1;
  const auto resolution = TRY(ParseDurationParam(kName, text));
  if (resolution.count() < 0) {
    return InvalidParameter(kName, InvalidArgumentError("negative query max_source_resolution is not accepted"));
  }
  return resolution.count();
}

// What both kinds of query have.
Status ParseCommon(const RequestParams& params, const QueryDefaults& defaults, QueryRequest* request) {
  request->query = params.Get("query");
  if (Given(params, "timeout")) request->timeout = TRY(ParseDurationParam("timeout", params.Get("timeout")));
  if (Given(params, "lookback_delta")) {
    const auto lookback = ParseDurationParam("lookback_delta", params.Get("lookback_delta"));
    if (!lookback.ok()) {
      return InvalidArgumentError(StrCat("error parsing lookback delta duration: cannot parse ",
                                         GoQuote(params.Get("lookback_delta")), " to a valid duration"));
    }
    request->lookback_ms = lookback->count();
  }
  const std::string_view engine = params.Get("engine");
  if (!engine.empty() && engine != "prometheus" && engine != "thanos") {
    return InvalidArgumentError(StrCat("'", engine, "' bad engine"));
  }
  request->stats = ParseStats(params.Get("stats"), &request->stats_warning);
  if (Given(params, "analyze")) request->analyze = TRY(ParseBool("analyze", params.Get("analyze")));
  request->source = TRY(ParseSourceOptions(params, defaults));
  return OkStatus();
}

Result<int64_t> ParseStep(const RequestParams& params, const QueryDefaults& defaults, int64_t range_ms) {
  if (!Given(params, "step") && defaults.default_step.count() > 0) {
    return std::max<int64_t>(range_ms / kDefaultStepParts, defaults.default_step.count());
  }
  const auto step = TRY(ParseDurationParam("step", params.Get("step")));
  if (step.count() <= 0) {
    return InvalidParameter(
        "step", InvalidArgumentError(
                    "zero or negative query resolution step widths are not accepted. Try a positive integer"));
  }
  return step.count();
}

}  // namespace

Result<SourceOptions> ParseSourceOptions(const RequestParams& params, const QueryDefaults& defaults) {
  SourceOptions options;
  options.partial_response = defaults.partial_response;
  if (Given(params, "dedup")) options.dedup = TRY(ParseBool("dedup", params.Get("dedup")));
  if (Given(params, "partial_response")) {
    options.partial_response = TRY(ParseBool("partial_response", params.Get("partial_response")));
  }
  options.replica_labels = params.All("replicaLabels[]");
  auto store_matchers = ParseSelectors("storeMatch[]", params.All("storeMatch[]"));
  if (!store_matchers.ok()) return InvalidParameter("storeMatch[]", store_matchers.status());
  options.store_matchers = std::move(*store_matchers);
  return options;
}

Result<QueryRequest> ParseInstantQuery(const RequestParams& params, int64_t now_ms, const QueryDefaults& defaults) {
  QueryRequest request;
  if (Given(params, "limit")) request.limit = TRY(ParseLimit(params.Get("limit")));
  request.start_ms = TRY(ParseOptionalTime(params, "time", now_ms));
  request.end_ms = request.start_ms;
  RETURN_IF_ERROR(ParseCommon(params, defaults, &request));
  const int64_t resolution_ms = TRY(ParseResolution(params, defaults.instant_max_source_resolution.count()));
  request.source.max_source_resolution_ms = std::max<int64_t>(resolution_ms, 0);
  return request;
}

Result<QueryRequest> ParseRangeQuery(const RequestParams& params, const QueryDefaults& defaults) {
  QueryRequest request;
  if (Given(params, "limit")) request.limit = TRY(ParseLimit(params.Get("limit")));
  request.start_ms = TRY(ParseTime("start", params.Get("start")));
  request.end_ms = TRY(ParseTime("end", params.Get("end")));
  if (request.end_ms < request.start_ms) {
    return InvalidParameter("end", InvalidArgumentError("end timestamp must not be before start time"));
  }
  const int64_t range_ms = request.end_ms - request.start_ms;
  request.step_ms = TRY(ParseStep(params, defaults, range_ms));
  if (range_ms / request.step_ms > kRangeStepsMax) {
    return InvalidArgumentError(
        "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)");
  }
  RETURN_IF_ERROR(ParseCommon(params, defaults, &request));
  const int64_t resolution_ms = TRY(ParseResolution(params, defaults.auto_downsampling ? -1 : 0));
  // Five points per step are enough for any function over the step.
  request.source.max_source_resolution_ms = resolution_ms < 0 ? request.step_ms / 5 : resolution_ms;
  return request;
}

int64_t LookbackMs(const QueryRequest& request, int64_t engine_lookback_ms, const QueryDefaults& defaults) {
  if (request.lookback_ms > 0) return request.lookback_ms;
  const int64_t coarsest_ms = request.source.max_source_resolution_ms;
  if (!defaults.dynamic_lookback || coarsest_ms <= 0) return engine_lookback_ms;
  return std::max(engine_lookback_ms, coarsest_ms > kFiveMinutesMs ? kHourMs : kFiveMinutesMs);
}

}  // namespace epi::api
