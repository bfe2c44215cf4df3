#include "common/api/cardinality_handler.h"

#include <algorithm>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/api/params.h"
#include "common/base/json_writer.h"
#include "common/base/str_cat.h"

namespace epi::api {
namespace {

constexpr int64_t kListItems = 10;
constexpr int64_t kDefaultRangeMs = int64_t{2} * 60 * 60 * 1000;
// What a counted pair costs besides its text.
constexpr size_t kPairBytes = 64;

using Counts = std::unordered_map<std::string, uint64_t>;

struct CardinalityRequest {
  int64_t start_ms = 0;
  int64_t end_ms = 0;
  int64_t limit = kListItems;
  std::vector<labels::Matchers> selectors;
  SourceOptions source;
};

// Series and their label pairs, counted as they come.
struct Tally {
  Tally(uint64_t bytes_max, MemoryAccount* parent) : memory("status/tsdb request", bytes_max, parent), charge(&memory) {}

  Status Count(const labels::Labels& labels) {
    ++series;
    for (const labels::Label label : labels) {
      const auto [pair, is_new] = pairs.try_emplace(StrCat(label.name, "=", label.value), 0);
      ++pair->second;
      if (label.name == labels::kMetricName) ++metrics[std::string(label.value)];
      if (!is_new) continue;
      RETURN_IF_ERROR(charge.Add(2 * pair->first.size() + kPairBytes, "label pairs"));
      ++values[std::string(label.name)];
      value_bytes[std::string(label.name)] += label.value.size();
    }
    return OkStatus();
  }

  MemoryAccount memory;
  MemoryCharge charge;
  uint64_t series = 0;
  Counts pairs;
  Counts metrics;
  Counts values;       // Distinct ones, by label name.
  Counts value_bytes;  // Of the distinct ones.
};

// The largest first, equal ones by name.
void WriteTop(std::string_view key, const Counts& counts, size_t limit, JsonWriter* json) {
  std::vector<std::pair<std::string, uint64_t>> items(counts.begin(), counts.end());
  const size_t shown = std::min(limit, items.size());
  std::partial_sort(items.begin(), items.begin() + static_cast<ptrdiff_t>(shown), items.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  json->Key(key).BeginArray();
  for (size_t i = 0; i < shown; ++i) json->BeginObject().Key("name").String(items[i].first).Key("value").Uint(items[i].second).EndObject();
  json->EndArray();
}

std::string TallyJson(const Tally& tally, const CardinalityRequest& request) {
  const auto limit = static_cast<size_t>(request.limit);
  std::string data;
  JsonWriter json(&data, {.html = HtmlEscape::kYes});
  json.BeginObject().Key("headStats").BeginObject().Key("numSeries").Uint(tally.series);
  json.Key("numLabelPairs").Uint(tally.pairs.size()).Key("chunkCount").Uint(0);
  json.Key("minTime").Int(request.start_ms).Key("maxTime").Int(request.end_ms).EndObject();
  WriteTop("seriesCountByMetricName", tally.metrics, limit, &json);
  WriteTop("labelValueCountByLabelName", tally.values, limit, &json);
  WriteTop("memoryInBytesByLabelName", tally.value_bytes, limit, &json);
  WriteTop("seriesCountByLabelValuePair", tally.pairs, limit, &json);
  json.EndObject();
  return data;
}

Result<CardinalityRequest> Parse(const RequestParams& params, const MetadataHandlerOptions& options) {
  CardinalityRequest request;
  request.end_ms = TRY(ParseOptionalTime(params, "end", options.clock->NowMs()));
  request.start_ms = TRY(ParseOptionalTime(params, "start", request.end_ms - kDefaultRangeMs));
  if (Given(params, "limit")) {
    const auto limit = ParseLimit(params.Get("limit"));
    if (!limit.ok() || *limit == 0) return InvalidArgumentError("limit must be a positive number");
    request.limit = *limit;
  }
  request.selectors = TRY(ParseSelectors("match[]", params.All("match[]")));
  if (request.selectors.empty()) {
    request.selectors.push_back({TRY(labels::Matcher::Make(labels::MatchType::kNotEqual, std::string(labels::kMetricName), ""))});
  }
  request.source = TRY(ParseSourceOptions(params, options.defaults));
  return request;
}

Status CountSeries(const Context& ctx, const CardinalityRequest& request, const series::Querier& querier, Tally* tally,
                   std::vector<std::string>* warnings) {
  for (const labels::Matchers& matchers : request.selectors) {
    series::SelectRequest select{request.start_ms, request.end_ms, matchers, {}};
    select.hints.start_ms = request.start_ms;
    select.hints.end_ms = request.end_ms;
    select.hints.func = "series";
    select.hints.series_only = true;
    const auto set = TRY(querier.Select(ctx, select));
    while (const auto series = TRY(set->Next())) RETURN_IF_ERROR(tally->Count(series->labels()));
    for (std::string& warning : set->Warnings()) warnings->push_back(std::move(warning));
  }
  return ctx.Check();
}

}  // namespace

Answer CardinalityHandler::Status(const Context& ctx, const RequestParams& params) const {
  const auto request = Parse(params, options_);
  if (!request.ok()) return Answer::Error(request.status());
  auto source = options_.open_source(request->source);
  if (!source.ok()) return Answer::Error(source.status());
  Tally tally(options_.request_bytes_max, options_.process_memory);
  const Context request_ctx = ctx.WithTimeout(options_.timeout_max).WithMemory(&tally.memory);
  std::vector<std::string> warnings;
  const epi::Status status = CountSeries(request_ctx, *request, (*source)->querier(), &tally, &warnings);
  Answer answer = status.ok() ? Answer::Json(TallyJson(tally, *request)) : Answer::Error(status);
  answer.completeness = (*source)->completeness();
  answer.warnings = std::move(warnings);
  return answer;
}

}  // namespace epi::api
