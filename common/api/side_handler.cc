#include "common/api/side_handler.h"

#include <algorithm>
#include <utility>

#include "common/api/params.h"
#include "common/api/side_json.h"
#include "common/api/side_merge.h"
#include "common/base/go_quote.h"
#include "common/base/str_cat.h"
#include "common/base/time_format.h"
#include "common/promql/parse.h"

namespace epi::api {
namespace {

using storeapi::RuleGroupState;
using storeapi::RuleKind;
using storeapi::RuleState;

bool Among(const std::vector<std::string>& names, const std::string& name) {
  return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

bool AnyMatches(const std::vector<labels::Matchers>& selectors, const labels::Labels& labels) {
  return selectors.empty() || std::any_of(selectors.begin(), selectors.end(), [&](const labels::Matchers& matchers) {
    return std::all_of(matchers.begin(), matchers.end(), [&](const labels::Matcher& m) { return m.Matches(labels.Get(m.name())); });
  });
}

Result<RuleKind> ParseKind(std::string_view text) {
  if (text.empty()) return RuleKind::kAll;
  if (text == "alert") return RuleKind::kAlert;
  if (text == "record") return RuleKind::kRecord;
  return InvalidParameter("type", InvalidArgumentError(StrCat("not supported value ", GoQuote(text))));
}

// Leaves what the request asks for; groups without a rule left go when the request chooses among rules.
Status Filter(const RequestParams& params, RuleKind kind, std::vector<RuleGroupState>* groups) {
  const auto names = params.All("rule_name[]");
  const auto group_names = params.All("rule_group[]");
  const auto files = params.All("file[]");
  const auto selectors = TRY(ParseSelectors("match[]", params.All("match[]")));
  const bool chooses = kind != RuleKind::kAll || !names.empty() || !selectors.empty();
  std::erase_if(*groups, [&](const RuleGroupState& group) { return !Among(group_names, group.name) || !Among(files, group.file); });
  for (RuleGroupState& group : *groups) {
    std::erase_if(group.rules, [&](const RuleState& rule) {
      if (kind != RuleKind::kAll && rule.is_alert != (kind == RuleKind::kAlert)) return true;
      return !Among(names, rule.name) || !AnyMatches(selectors, rule.labels);
    });
  }
  if (chooses) std::erase_if(*groups, [](const RuleGroupState& group) { return group.rules.empty(); });
  return OkStatus();
}

Answer WithWarnings(std::string data, std::vector<std::string> warnings) {
  Answer answer = Answer::Json(std::move(data));
  answer.warnings = std::move(warnings);
  return answer;
}

Result<storeapi::TargetKind> ParseTargetState(std::string_view text) {
  if (text == "active") return storeapi::TargetKind::kActive;
  if (text == "dropped") return storeapi::TargetKind::kDropped;
  return storeapi::TargetKind::kAny;
}

Result<bool> ParseExcludeAlerts(std::string_view text) {
  if (text.empty()) return false;
  if (const auto value = ParseBool("exclude_alerts", text); value.ok()) return *value;
  return InvalidParameter("exclude_alerts", InvalidArgumentError(StrCat("error converting exclude_alerts: strconv.ParseBool: parsing ",
                                                                        GoQuote(text), ": invalid syntax")));
}

bool HasSelector(const promql::Expr& expr) {
  bool found = false;
  promql::Walk(expr, [&](const promql::Expr& part) { found |= part.kind == promql::ExprKind::kVectorSelector; });
  return found;
}

// A whole number of either sign; `missing` when it is not given.
Result<int64_t> ParseCount(const RequestParams& params, std::string_view name, int64_t missing) {
  if (!Given(params, name)) return missing;
  std::string text(params.Get(name));
  const bool negative = text.starts_with('-');
  const auto count = ParseLimit(negative ? text.substr(1) : text);
  if (!count.ok()) return InvalidArgumentError(StrCat(name, " must be a number"));
  return negative ? -*count : *count;
}

}  // namespace

std::vector<std::string> SideHandler::ReplicaLabels(const SourceOptions& source) const {
  if (!source.dedup) return {};
  return source.replica_labels.empty() ? options_.replica_labels : source.replica_labels;
}

template <typename Ask>
Answer SideHandler::Bounded(const Context& ctx, Ask ask) const {
  MemoryAccount memory("side request", options_.request_bytes_max, options_.process_memory);
  auto answer = ask(ctx.WithTimeout(options_.timeout_max).WithMemory(&memory));
  return answer.ok() ? std::move(*answer) : Answer::Error(answer.status());
}

Result<storeapi::SideAnswer<std::vector<RuleGroupState>>> SideHandler::MergedRules(const Context& ctx, const RequestParams& params,
                                                                                  RuleKind kind) const {
  const SourceOptions source = TRY(ParseSourceOptions(params, options_.defaults));
  auto rules = TRY(options_.backend->Rules(ctx, {.kind = kind, .partial_response = source.partial_response}));
  rules.data = MergeRuleGroups(std::move(rules.data), ReplicaLabels(source));
  RETURN_IF_ERROR(Filter(params, kind, &rules.data));
  return rules;
}

Answer SideHandler::Rules(const Context& ctx, const RequestParams& params) const {
  return Bounded(ctx, [&](const Context& request_ctx) -> Result<Answer> {
    const RuleKind kind = TRY(ParseKind(params.Get("type")));
    const bool without_alerts = TRY(ParseExcludeAlerts(params.Get("exclude_alerts")));
    auto rules = TRY(MergedRules(request_ctx, params, kind));
    return WithWarnings(RuleGroupsJson(rules.data, !without_alerts), std::move(rules.warnings));
  });
}

Answer SideHandler::Alerts(const Context& ctx, const RequestParams& params) const {
  return Bounded(ctx, [&](const Context& request_ctx) -> Result<Answer> {
    auto rules = TRY(MergedRules(request_ctx, params, RuleKind::kAlert));
    return WithWarnings(AlertsJson(rules.data), std::move(rules.warnings));
  });
}

Answer SideHandler::Targets(const Context& ctx, const RequestParams& params) const {
  return Bounded(ctx, [&](const Context& request_ctx) -> Result<Answer> {
    const SourceOptions source = TRY(ParseSourceOptions(params, options_.defaults));
    const auto kind = TRY(ParseTargetState(params.Get("state")));
    auto targets = TRY(options_.backend->Targets(request_ctx, {.kind = kind, .partial_response = source.partial_response}));
    storeapi::Targets merged = MergeTargets(std::move(targets.data), ReplicaLabels(source));
    const std::string pool(params.Get("scrapePool"));
    if (!pool.empty()) std::erase_if(merged.active, [&](const storeapi::TargetState& target) { return target.scrape_pool != pool; });
    return WithWarnings(TargetsJson(merged), std::move(targets.warnings));
  });
}

Answer SideHandler::Metadata(const Context& ctx, const RequestParams& params) const {
  return Bounded(ctx, [&](const Context& request_ctx) -> Result<Answer> {
    const SourceOptions source = TRY(ParseSourceOptions(params, options_.defaults));
    const int64_t limit = TRY(ParseCount(params, "limit", -1));
    const int64_t limit_per_metric = TRY(ParseCount(params, "limit_per_metric", -1));
    auto metas = TRY(options_.backend->Metadata(
        request_ctx, {.metric = std::string(params.Get("metric")), .partial_response = source.partial_response}));
    return WithWarnings(MetadataJson(metas.data, limit, limit_per_metric), std::move(metas.warnings));
  });
}

Answer SideHandler::Exemplars(const Context& ctx, const RequestParams& params) const {
  return Bounded(ctx, [&](const Context& request_ctx) -> Result<Answer> {
    const SourceOptions source = TRY(ParseSourceOptions(params, options_.defaults));
    storeapi::ExemplarsRequest request{.query = std::string(params.Get("query")), .partial_response = source.partial_response};
    request.start_ms = TRY(ParseOptionalTime(params, "start", kPrometheusMinTimeMs));
    request.end_ms = TRY(ParseOptionalTime(params, "end", kPrometheusMaxTimeMs));
    if (request.end_ms < request.start_ms) return InvalidArgumentError("end timestamp must not be before start timestamp");
    const promql::ExprPtr expr = TRY(promql::ParseExpr(request.query, options_.features));
    // Nothing is selected, so there is nothing to answer with: 204.
    if (!HasSelector(*expr)) return Answer();
    auto exemplars = TRY(options_.backend->Exemplars(request_ctx, request));
    return WithWarnings(ExemplarsJson(MergeExemplars(std::move(exemplars.data), ReplicaLabels(source))), std::move(exemplars.warnings));
  });
}

}  // namespace epi::api
