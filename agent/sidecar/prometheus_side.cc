#include "agent/sidecar/prometheus_side.h"

#include <utility>

#include "agent/sidecar/prometheus_side_json.h"
#include "common/base/go_float.h"
#include "common/base/str_cat.h"
#include "common/http/form.h"
#include "common/promql/parse.h"

namespace epi::agent {
namespace {

void Add(const labels::Labels& external, labels::Labels* labels) {
  labels::LabelsBuilder builder(*labels);
  for (const labels::Label label : external) builder.Set(label.name, label.value);
  *labels = builder.Build();
}

// The selectors of an expression as Prometheus can answer them, joined by `or`: without the matchers on external labels, which its series do
// not have. Empty when none of them can match here.
Result<std::string> LocalSelectors(const std::string& query, const labels::Labels& external) {
  const promql::ExprPtr expr = TRY(promql::ParseExpr(query, promql::Features::All()));
  std::string out;
  promql::Walk(*expr, [&](const promql::Expr& part) {
    const auto* selector = promql::As<promql::VectorSelector>(&part);
    if (selector == nullptr) return;
    std::string matchers;
    for (const labels::Matcher& matcher : selector->matchers) {
      if (!external.Has(matcher.name())) {
        StrAppend(&matchers, matchers.empty() ? "" : ",", matcher.ToString());
      } else if (!matcher.Matches(external.Get(matcher.name()))) {
        return;
      }
    }
    if (matchers.empty()) matchers = "__name__!=\"\"";
    StrAppend(&out, out.empty() ? "{" : " or {", matchers, "}");
  });
  return out;
}

std::string Seconds(int64_t t_ms) {
  std::string text;
  AppendTimestampMs(&text, t_ms);
  return text;
}

}  // namespace

Result<labels::Labels> PrometheusSide::ExternalLabels() const {
  const auto state = monitor_->Snapshot();
  if (!state->up) return UnavailableError(state->why_down);
  return state->external_labels;
}

Result<storeapi::SideAnswer<std::vector<storeapi::RuleGroupState>>> PrometheusSide::Rules(
    const Context& ctx, const storeapi::RulesRequest& request) const {
  using storeapi::RuleKind;
  const labels::Labels external = TRY(ExternalLabels());
  const std::string_view filter = request.kind == RuleKind::kAlert ? "?type=alert" : request.kind == RuleKind::kRecord ? "?type=record" : "";
  storeapi::SideAnswer<std::vector<storeapi::RuleGroupState>> answer;
  answer.data = TRY(ParseRules(TRY(client_->Get(ctx, StrCat("/api/v1/rules", filter)))));
  for (storeapi::RuleGroupState& group : answer.data) {
    for (storeapi::RuleState& rule : group.rules) Add(external, &rule.labels);
  }
  return answer;
}

Result<storeapi::SideAnswer<storeapi::Targets>> PrometheusSide::Targets(const Context& ctx,
                                                                        const storeapi::TargetsRequest& request) const {
  using storeapi::TargetKind;
  const labels::Labels external = TRY(ExternalLabels());
  const std::string_view state = request.kind == TargetKind::kActive ? "active" : request.kind == TargetKind::kDropped ? "dropped" : "any";
  storeapi::SideAnswer<storeapi::Targets> answer;
  answer.data = TRY(ParseTargets(TRY(client_->Get(ctx, StrCat("/api/v1/targets?state=", state)))));
  for (storeapi::TargetState& target : answer.data.active) {
    Add(external, &target.discovered);
    Add(external, &target.labels);
  }
  for (labels::Labels& dropped : answer.data.dropped) Add(external, &dropped);
  return answer;
}

Result<storeapi::SideAnswer<storeapi::MetricMetas>> PrometheusSide::Metadata(const Context& ctx,
                                                                             const storeapi::MetadataRequest& request) const {
  http::Form form;
  if (!request.metric.empty()) form.Add("metric", request.metric);
  return storeapi::SideAnswer<storeapi::MetricMetas>{
      .data = TRY(ParseMetadata(TRY(client_->Get(ctx, StrCat("/api/v1/metadata?", form.Encode()))))), .warnings = {}};
}

Result<storeapi::SideAnswer<std::vector<storeapi::ExemplarSeries>>> PrometheusSide::Exemplars(
    const Context& ctx, const storeapi::ExemplarsRequest& request) const {
  const labels::Labels external = TRY(ExternalLabels());
  const std::string query = TRY(LocalSelectors(request.query, external));
  storeapi::SideAnswer<std::vector<storeapi::ExemplarSeries>> answer;
  if (query.empty()) return answer;
  http::Form form;
  form.Add("query", query);
  form.Add("start", Seconds(request.start_ms));
  form.Add("end", Seconds(request.end_ms));
  answer.data = TRY(ParseExemplars(TRY(client_->Get(ctx, StrCat("/api/v1/query_exemplars?", form.Encode())))));
  for (storeapi::ExemplarSeries& series : answer.data) Add(external, &series.labels);
  return answer;
}

}  // namespace epi::agent
