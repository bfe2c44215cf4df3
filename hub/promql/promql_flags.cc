#include "hub/promql/promql_flags.h"

#include <algorithm>
#include <thread>

#include "common/api/params.h"
#include "common/api/query_request.h"
#include "common/base/duration.h"
#include "common/base/str_cat.h"

namespace epi::hub {
namespace {

constexpr int64_t kDefaultStepMinMs = 1000;

// Unix seconds, RFC 3339, or an offset from now.
Result<int64_t> ParseFlagTime(std::string_view flag, const std::string& text, int64_t missing_ms, int64_t now_ms) {
  if (text.empty()) return missing_ms;
  if (const auto time = api::ParseTime(flag, text); time.ok()) return *time;
  if (const auto time = TimeOrOffset::Parse(text); time.ok()) return time->Resolve(now_ms);
  return InvalidArgumentError(StrCat("--", flag, "=", text, ": expected Unix seconds, an RFC 3339 time, or an offset from now such as -6h"));
}

}  // namespace

void PromqlFlags::Register(config::Command* command) {
  command->AddArgument("expr", "PromQL expression to evaluate.", &expr);
  command->Group("Data");
  command->Add("blocks", "Directory of TSDB blocks, or one block (repeatable; then all together are asked).", &blocks).Required();
  command->Group("Times");
  command->Add("time", "Evaluate at this time: Unix seconds, RFC 3339, or an offset from now such as -6h. Default: the end of the data.",
               &time);
  command->Add("start", "First time of a range query. Default: the beginning of the data.", &start);
  command->Add("end", "Last time of a range query. Default: the end of the data.", &end);
  command->Add("step", "Distance of the times of a range query. Default: a 250th of the range, at least 1s.", &step);
  command->Group("Output");
  command->Add("format", "How to print the answer: table, json (as the HTTP API) or plot.", &format).Choices({"table", "json", "plot"});
  command->Add("plot.width", "Columns of a plot.", &plot_width);
  command->Add("plot.height", "Rows of a plot.", &plot_height);
  command->Add("explain", "Print the plan of the query instead of its answer.", &explain);
  command->Group("Query");
  command->Add("query.timeout", "How long a query may take.", &timeout);
  command->Add("query.lookback-delta", "How old a sample may be to count as current.",
               &lookback_delta);
  command->Add("query.default-evaluation-interval", "Step of subqueries that name none.", &default_evaluation_interval);
  command->Add("query.max-samples", "Samples that a query may hold in memory.", &samples_max);
  command->Add("query.max-memory", "Memory that the query may use.", &query_memory_max);
  command->Add("enable-feature", "Features of PromQL to switch on, by Prometheus' names (repeatable).", &enabled_features);
}

Result<promql::EngineOptions> PromqlFlags::EngineOptions() const {
  promql::EngineOptions options{.lookback_ms = lookback_delta.count(),
                                .default_eval_interval_ms = default_evaluation_interval.count(),
                                .samples_max = samples_max,
                                .workers = std::max(1U, std::thread::hardware_concurrency())};
  for (const std::string& feature : enabled_features) RETURN_IF_ERROR(options.features.Enable(feature));
  return options;
}

Result<QueryTimes> ChooseTimes(const PromqlFlags& flags, const DataRange& data, int64_t now_ms) {
  const bool is_range = !flags.start.empty() || !flags.end.empty() || flags.step.has_value();
  if (!is_range) {
    const int64_t time_ms = TRY(ParseFlagTime("time", flags.time, data.last_ms, now_ms));
    return QueryTimes{time_ms, time_ms, 0};
  }
  if (!flags.time.empty()) return InvalidArgumentError("--time is for a single time; leave it out with --start, --end or --step");
  QueryTimes times;
  times.start_ms = TRY(ParseFlagTime("start", flags.start, data.first_ms, now_ms));
  times.end_ms = TRY(ParseFlagTime("end", flags.end, data.last_ms, now_ms));
  if (times.end_ms < times.start_ms) return InvalidArgumentError("--end is before --start");
  const int64_t range_ms = times.end_ms - times.start_ms;
  times.step_ms = flags.step.has_value() ? flags.step->count() : std::max(range_ms / api::kDefaultStepParts, kDefaultStepMinMs);
  if (times.step_ms <= 0) return InvalidArgumentError("--step must be more than zero");
  return times;
}

}  // namespace epi::hub
