#include "common/api/query_json.h"

#include <variant>
#include <vector>

#include "common/api/result_json.h"
#include "common/base/go_float.h"
#include "common/base/json_writer.h"
#include "common/base/str_cat.h"

namespace epi::api {
namespace {

// Items one by one, so that the sink can hand on what is full.
template <typename Items, typename AppendItem>
Status WriteArray(const Items& items, JsonSink* sink, AppendItem append_item) {
  sink->buffer()->push_back('[');
  bool first = true;
  for (const auto& item : items) {
    if (!first) sink->buffer()->push_back(',');
    first = false;
    append_item(sink->buffer(), item);
    RETURN_IF_ERROR(sink->Drain());
  }
  sink->buffer()->push_back(']');
  return OkStatus();
}

struct ResultWriter {
  JsonSink* sink;
  Status operator()(const promql::Scalar& scalar) const {
    AppendScalarJson(sink->buffer(), scalar);
    return OkStatus();
  }
  Status operator()(const promql::String& string) const {
    AppendStringJson(sink->buffer(), string);
    return OkStatus();
  }
  Status operator()(const promql::Vector& vector) const { return WriteArray(vector, sink, AppendVectorSampleJson); }
  Status operator()(const promql::Matrix& matrix) const { return WriteArray(matrix, sink, AppendMatrixSeriesJson); }
  Status operator()(const promql::ColumnMatrix& matrix) const {
    const ColumnSeriesWriter writer(matrix.grid);
    return WriteArray(matrix.series, sink, [&](std::string* out, const promql::ColumnMatrix::Series& series) {
      writer.Append(out, series);
    });
  }
};

struct TypeName {
  std::string_view operator()(const promql::Scalar&) const { return "scalar"; }
  std::string_view operator()(const promql::String&) const { return "string"; }
  std::string_view operator()(const promql::Vector&) const { return "vector"; }
  std::string_view operator()(const promql::Matrix&) const { return "matrix"; }
  std::string_view operator()(const promql::ColumnMatrix&) const { return "matrix"; }
};

void AppendSeconds(std::string* out, std::string_view key, std::chrono::nanoseconds duration) {
  StrAppend(out, "\"", key, "\":");
  AppendJsonFloat(out, std::chrono::duration<double>(duration).count());
}

void AppendTimings(std::string* out, const promql::QueryStats& stats, const QueryTimes& times) {
  out->append("\"timings\":{");
  AppendSeconds(out, "evalTotalTime", times.evaluated);
  out->push_back(',');
  AppendSeconds(out, "resultSortTime", stats.sort);
  out->push_back(',');
  AppendSeconds(out, "queryPreparationTime", stats.prepare);
  out->push_back(',');
  AppendSeconds(out, "innerEvalTime", stats.inner_eval);
  out->push_back(',');
  AppendSeconds(out, "execQueueTime", times.queued);
  out->push_back(',');
  AppendSeconds(out, "execTotalTime", times.queued + times.evaluated);
  out->push_back('}');
}

// [[t,n],…]: queryable samples at each step.
void AppendPerStep(std::string* out, const promql::QueryStats& stats, const QueryRequest& request) {
  out->append("\"totalQueryableSamplesPerStep\":[");
  for (size_t step = 0; step < stats.samples_per_step.size(); ++step) {
    if (step > 0) out->push_back(',');
    out->push_back('[');
    AppendTimestampMs(out, request.start_ms + static_cast<int64_t>(step) * request.step_ms);
    StrAppend(out, ",", stats.samples_per_step[step], "]");
  }
  out->append("],");
}

void AppendStats(std::string* out, const promql::QueryStats& stats, const QueryRequest& request, const QueryTimes& times) {
  out->append(",\"stats\":{");
  AppendTimings(out, stats, times);
  out->append(",\"samples\":{");
  if (request.stats == StatsLevel::kAll && !stats.samples_per_step.empty()) AppendPerStep(out, stats, request);
  StrAppend(out, "\"totalQueryableSamples\":", stats.samples_total, ",\"peakSamples\":", stats.samples_peak, "}}");
}

// {"name":…,"executionTime":"1.5ms","peakSamples":…,"totalSamples":…,"series":…,"children":[…]}. Peaks are known of the whole query.
void AppendProfile(std::string* out, const promql::OperatorProfile& profile, int64_t samples_peak, int64_t samples_total) {
  out->append("{\"name\":");
  AppendJsonString(out, profile.name, HtmlEscape::kYes);
  const double ms = std::chrono::duration<double, std::milli>(profile.time).count();
  StrAppend(out, ",\"executionTime\":\"", ms, "ms\",\"peakSamples\":", samples_peak, ",\"totalSamples\":", samples_total,
            ",\"series\":", profile.series, ",\"children\":[");
  for (size_t i = 0; i < profile.children.size(); ++i) {
    const promql::OperatorProfile& child = profile.children[i];
    if (i > 0) out->push_back(',');
    AppendProfile(out, child, child.samples, child.samples);
  }
  out->append("]}");
}

struct PlanNode {
  std::string_view name;
  size_t depth = 0;
};

std::vector<PlanNode> SplitPlan(std::string_view plan) {
  std::vector<PlanNode> nodes;
  while (!plan.empty()) {
    const size_t end = std::min(plan.find('\n'), plan.size());
    const std::string_view line = plan.substr(0, end);
    plan.remove_prefix(std::min(end + 1, plan.size()));
    const size_t indent = line.find_first_not_of(' ');
    if (indent != std::string_view::npos) nodes.push_back({line.substr(indent), indent / 2});
  }
  return nodes;
}

// The node at `next` with all deeper ones after it.
void AppendPlanNode(std::string* out, const std::vector<PlanNode>& nodes, size_t* next) {
  const PlanNode& node = nodes[(*next)++];
  out->append("{\"name\":");
  AppendJsonString(out, node.name, HtmlEscape::kYes);
  out->append(",\"children\":[");
  bool first = true;
  while (*next < nodes.size() && nodes[*next].depth > node.depth) {
    if (!first) out->push_back(',');
    first = false;
    AppendPlanNode(out, nodes, next);
  }
  out->append("]}");
}

}  // namespace

Status WriteQueryData(const promql::QueryResult& result, const QueryRequest& request, const QueryTimes& times,
                      JsonSink* sink) {
  // resultType comes before result: Grafana reads the answer as a stream.
  StrAppend(sink->buffer(), "{\"resultType\":\"", std::visit(TypeName{}, result.value), "\",\"result\":");
  RETURN_IF_ERROR(std::visit(ResultWriter{sink}, result.value));
  if (request.stats != StatsLevel::kNone) AppendStats(sink->buffer(), result.stats, request, times);
  if (result.profile.has_value()) {
    sink->buffer()->append(",\"analysis\":");
    AppendProfile(sink->buffer(), *result.profile, result.stats.samples_peak, result.stats.samples_total);
  }
  sink->buffer()->push_back('}');
  return OkStatus();
}

std::string ExplainJson(std::string_view plan) {
  const std::vector<PlanNode> nodes = SplitPlan(plan);
  std::string json;
  size_t next = 0;
  if (nodes.empty()) return "null";
  AppendPlanNode(&json, nodes, &next);
  return json;
}

}  // namespace epi::api
