#include "common/api/metadata_handler.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "common/api/params.h"
#include "common/api/result_json.h"
#include "common/base/json_writer.h"
#include "common/base/time_format.h"

namespace epi::api {
namespace {

constexpr std::string_view kTruncated = "results truncated due to limit";

// One more than asked for tells whether there is more.
int64_t HintLimit(int64_t limit) { return limit > 0 && limit < std::numeric_limits<int64_t>::max() ? limit + 1 : limit; }

// Adds `more` to sorted unique lines, keeping them so.
void MergeInto(std::vector<std::string>* all, std::vector<std::string> more) {
  std::sort(more.begin(), more.end());
  const auto middle = static_cast<std::ptrdiff_t>(all->size());
  std::move(more.begin(), more.end(), std::back_inserter(*all));
  std::inplace_merge(all->begin(), all->begin() + middle, all->end());
  all->erase(std::unique(all->begin(), all->end()), all->end());
}

Status WriteStrings(const std::vector<std::string>& strings, JsonSink* sink) {
  sink->buffer()->push_back('[');
  for (size_t i = 0; i < strings.size(); ++i) {
    if (i > 0) sink->buffer()->push_back(',');
    AppendJsonString(sink->buffer(), strings[i], HtmlEscape::kYes);
    RETURN_IF_ERROR(sink->Drain());
  }
  sink->buffer()->push_back(']');
  return OkStatus();
}

Status WriteSeries(const std::vector<labels::Labels>& series, JsonSink* sink) {
  sink->buffer()->push_back('[');
  for (size_t i = 0; i < series.size(); ++i) {
    if (i > 0) sink->buffer()->push_back(',');
    AppendLabelsJson(sink->buffer(), series[i]);
    RETURN_IF_ERROR(sink->Drain());
  }
  sink->buffer()->push_back(']');
  return OkStatus();
}

// The labels of an answer and the memory they are charged to. The account is first, so that it goes last.
struct FoundSeries {
  FoundSeries(uint64_t bytes_max, MemoryAccount* parent) : memory("series request", bytes_max, parent), charge(&memory) {}
  MemoryAccount memory;
  MemoryCharge charge;
  std::vector<labels::Labels> series;
};

// Adds the series of one selector.
Status CollectSeries(const Context& ctx, const series::Querier& querier, const series::SelectRequest& select,
                     FoundSeries* found, std::vector<std::string>* warnings) {
  const auto set = TRY(querier.Select(ctx, select));
  int64_t taken = 0;
  while (select.hints.limit == 0 || taken < select.hints.limit) {
    const auto series = TRY(set->Next());
    if (series == nullptr) break;
    ++taken;
    RETURN_IF_ERROR(found->charge.Add(series->labels().encoded().size() + sizeof(labels::Labels), "series answer"));
    found->series.push_back(series->labels());
  }
  MergeInto(warnings, set->Warnings());
  return ctx.Check();
}

}  // namespace

struct MetadataHandler::Request {
  int64_t limit = 0;
  int64_t start_ms = kPrometheusMinTimeMs;
  int64_t end_ms = kPrometheusMaxTimeMs;
  std::vector<labels::Matchers> selectors;
  SourceOptions source;
};

namespace {

// The union of all selectors, in label order.
template <typename Request>
Status Collect(const Context& ctx, const Request& request, const series::Querier& querier, FoundSeries* found,
               std::vector<std::string>* warnings) {
  for (const labels::Matchers& matchers : request.selectors) {
    series::SelectRequest select{request.start_ms, request.end_ms, matchers, {}};
    select.hints.start_ms = request.start_ms;
    select.hints.end_ms = request.end_ms;
    select.hints.func = "series";
    select.hints.limit = HintLimit(request.limit);
    select.hints.series_only = true;
    RETURN_IF_ERROR(CollectSeries(ctx, querier, select, found, warnings));
  }
  if (request.selectors.size() > 1) {
    std::sort(found->series.begin(), found->series.end());
    found->series.erase(std::unique(found->series.begin(), found->series.end()), found->series.end());
  }
  return OkStatus();
}

}  // namespace

Result<MetadataHandler::Request> MetadataHandler::Parse(const RequestParams& params) const {
  Request request;
  if (Given(params, "limit")) request.limit = TRY(ParseLimit(params.Get("limit")));
  if (options_.default_range.count() > 0) request.start_ms = options_.clock->NowMs() - options_.default_range.count();
  request.start_ms = TRY(ParseOptionalTime(params, "start", request.start_ms));
  request.end_ms = TRY(ParseOptionalTime(params, "end", request.end_ms));
  request.selectors = TRY(ParseSelectors("match[]", params.All("match[]")));
  request.source = TRY(ParseSourceOptions(params, options_.defaults));
  return request;
}

template <typename Call>
Answer MetadataHandler::RunLabels(const Context& ctx, const Request& request, Call call) const {
  auto memory = std::make_shared<MemoryAccount>("labels request", options_.request_bytes_max, options_.process_memory);
  const Context request_ctx = ctx.WithTimeout(options_.timeout_max).WithMemory(memory.get());
  // As in Thanos, replica labels are labels here: whoever asks without deduplication can select by them.
  SourceOptions all_labels = request.source;
  all_labels.dedup = false;
  auto source = options_.open_source(all_labels);
  if (!source.ok()) return Answer::Error(source.status());
  Answer answer;
  std::vector<std::string> values;
  std::vector<labels::Matchers> selectors = request.selectors;
  if (selectors.empty()) selectors.emplace_back();
  for (labels::Matchers& matchers : selectors) {
    const series::LabelRequest label_request{request.start_ms, request.end_ms, std::move(matchers),
                                             HintLimit(request.limit)};
    auto part = call(request_ctx, (*source)->querier(), label_request);
    answer.completeness = (*source)->completeness();
    if (!part.ok()) {
      answer.error = part.status();
      return answer;
    }
    MergeInto(&values, std::move(part->values));
    MergeInto(&answer.warnings, std::move(part->warnings));
  }
  if (request.limit > 0 && static_cast<int64_t>(values.size()) > request.limit) {
    values.resize(static_cast<size_t>(request.limit));
    answer.warnings.emplace_back(kTruncated);
  }
  answer.write_data = [values = std::move(values)](JsonSink* sink) { return WriteStrings(values, sink); };
  return answer;
}

Answer MetadataHandler::LabelNames(const Context& ctx, const RequestParams& params) const {
  const auto request = Parse(params);
  if (!request.ok()) return Answer::Error(request.status());
  return RunLabels(ctx, *request, [](const Context& c, const series::Querier& querier, const series::LabelRequest& r) {
    return querier.LabelNames(c, r);
  });
}

Answer MetadataHandler::LabelValues(const Context& ctx, std::string_view name, const RequestParams& params) const {
  const auto label = ParseLabelName(name);
  if (!label.ok()) return Answer::Error(label.status());
  const auto request = Parse(params);
  if (!request.ok()) return Answer::Error(request.status());
  return RunLabels(ctx, *request, [&](const Context& c, const series::Querier& querier, const series::LabelRequest& r) {
    return querier.LabelValues(c, *label, r);
  });
}

Answer MetadataHandler::Series(const Context& ctx, const RequestParams& params) const {
  if (params.All("match[]").empty()) {
    return Answer::Error(InvalidArgumentError("no match[] parameter provided"));
  }
  // Unlike the label calls, this one names the parameter.
  if (const auto selectors = ParseSelectors("match[]", params.All("match[]")); !selectors.ok()) {
    return Answer::Error(InvalidParameter("match[]", selectors.status()));
  }
  const auto request = Parse(params);
  if (!request.ok()) return Answer::Error(request.status());
  auto source = options_.open_source(request->source);
  if (!source.ok()) return Answer::Error(source.status());
  auto found = std::make_shared<FoundSeries>(options_.request_bytes_max, options_.process_memory);
  const Context request_ctx = ctx.WithTimeout(options_.timeout_max).WithMemory(&found->memory);
  Answer answer;
  answer.error = Collect(request_ctx, *request, (*source)->querier(), found.get(), &answer.warnings);
  answer.completeness = (*source)->completeness();
  if (!answer.error.ok()) return answer;
  if (request->limit > 0 && static_cast<int64_t>(found->series.size()) > request->limit) {
    found->series.resize(static_cast<size_t>(request->limit));
    answer.warnings.emplace_back(kTruncated);
  }
  answer.write_data = [found](JsonSink* sink) { return WriteSeries(found->series, sink); };
  return answer;
}

}  // namespace epi::api
