// info(): joins the labels of info series to others of the same instance and job.
#include <map>
#include <set>

#include "common/base/str_cat.h"
#include "tests/support/promqlref/nodes.h"

namespace epi::promqlref {
namespace {

using labels::Matcher;
using labels::MatchType;

bool IsPositive(const Matcher& matcher) { return matcher.type() == MatchType::kEqual || matcher.type() == MatchType::kRegex; }

struct InfoRequest {
  labels::Matchers names;
  labels::Matchers data;
  promql::TimeModifiers time;  // When the info series are looked at.
};

// The times of the first selector in the expression, and of the subqueries around it until one has an @.
bool FindTime(const promql::Expr& expr, promql::TimeModifiers* time) {
  const auto take = [time](const promql::TimeModifiers& from) {
    if (time->at != promql::AtKind::kNone) return;
    time->offset_ms += from.offset_ms;
    time->at = from.at;
    time->at_ms = from.at_ms;
  };
  if (const auto* selector = promql::As<promql::VectorSelector>(&expr)) {
    take(selector->time);
    return true;
  }
  if (const auto* matrix = promql::As<promql::MatrixSelector>(&expr)) return FindTime(*matrix->selector, time);
  bool found = false;
  promql::ForEachChild(expr, [&](const promql::Expr& child) { found = found || FindTime(child, time); });
  const auto* subquery = promql::As<promql::SubqueryExpr>(&expr);
  if (found && subquery != nullptr) take(subquery->time);
  return found;
}

Result<InfoRequest> ReadRequest(const promql::Call& call) {
  InfoRequest request;
  FindTime(*call.args[0], &request.time);
  if (call.args.size() > 1) {
    for (const Matcher& matcher : promql::As<promql::VectorSelector>(promql::Unwrap(call.args[1].get()))->matchers) {
      (matcher.name() == labels::kMetricName ? request.names : request.data).push_back(matcher);
    }
  }
  bool positive = false;
  for (const Matcher& matcher : request.names) positive |= IsPositive(matcher);
  if (request.names.empty()) {
    request.names.push_back(Matcher::Equal("__name__", "target_info"));
  } else if (!positive) {
    request.names.push_back(TRY(Matcher::Make(MatchType::kRegex, "__name__", ".+_info")));
  }
  return request;
}

using Identity = std::pair<std::string, std::string>;
Identity IdentityOf(const Labels& labels) { return {std::string(labels.Get("instance")), std::string(labels.Get("job"))}; }

// Per identity and metric name the newest info series.
using InfoSeries = std::map<Identity, std::map<std::string, NewestPoint>>;

Status AddInfo(const NewestPoint& info, InfoSeries* all) {
  const Labels& labels = info.track->labels;
  if (info.point.sample.is_histogram()) {
    return FailedPreconditionError(StrCat("this should be an info metric, with float samples: ", labels.ToString()));
  }
  const auto [it, added] = (*all)[IdentityOf(labels)].emplace(std::string(labels.metric_name()), info);
  NewestPoint& known = it->second;
  if (added || info.point.t_ms < known.point.t_ms) return OkStatus();
  if (info.point.t_ms == known.point.t_ms) {
    return FailedPreconditionError(StrCat("found duplicate series for info metric: existing ", known.track->labels.ToString(), " @ ",
                                          known.point.t_ms, ", new ", labels.ToString(), " @ ", info.point.t_ms));
  }
  known = info;
  return OkStatus();
}

// The labels to add to a series; an error when two info series contradict each other.
Result<std::map<std::string, std::string>> LabelsToAdd(const InfoRequest& request, const Labels& base,
                                                       const std::map<std::string, NewestPoint>& infos) {
  std::set<std::string> wanted;
  for (const Matcher& matcher : request.data) wanted.insert(matcher.name());
  std::map<std::string, std::string> added;
  for (const auto& [name, info] : infos) {
    for (const labels::Label label : info.track->labels) {
      const std::string label_name(label.name);
      if (label.name == labels::kMetricName || (!wanted.empty() && !wanted.contains(label_name)) || base.Has(label.name)) continue;
      const auto [it, fresh] = added.emplace(label_name, label.value);
      if (!fresh && it->second != label.value) return FailedPreconditionError(StrCat("conflicting label: ", label.name));
    }
  }
  return added;
}

// Do the series' own identifying values come up among the info series asked for? Prometheus fetches only such.
Result<Vector> Enrich(const InfoRequest& request, const InfoSeries& infos, const Vector& vector) {
  bool needs_match = false;
  for (const Matcher& matcher : request.data) needs_match |= !matcher.MatchesEmpty();
  Vector result;
  for (Element element : vector) {
    bool is_info = true;
    for (const Matcher& matcher : request.names) is_info = is_info && matcher.Matches(element.labels.metric_name());
    if (is_info) {
      result.push_back(std::move(element));
      continue;
    }
    const auto found = infos.find(IdentityOf(element.labels));
    if (found == infos.end()) {
      if (!needs_match) result.push_back(std::move(element));
      continue;
    }
    labels::LabelsBuilder builder(element.labels);
    for (const auto& [name, value] : TRY(LabelsToAdd(request, element.labels, found->second))) builder.Set(name, value);
    element.labels = builder.Build();
    result.push_back(std::move(element));
  }
  return result;
}

// Info series without instance and job cannot be told apart: only those that share a value with a series count.
std::vector<Track> Related(std::vector<Track> infos, const InfoRequest& request, const Steps& steps) {
  std::set<std::string> instances;
  std::set<std::string> jobs;
  for (const Vector& vector : steps) {
    for (const Element& element : vector) {
      if (labels::MatchesAll(request.names, Labels({{"__name__", element.labels.metric_name()}}))) continue;
      const auto [instance, job] = IdentityOf(element.labels);
      if (!instance.empty()) instances.insert(instance);
      if (!job.empty()) jobs.insert(job);
    }
  }
  if (instances.empty() && jobs.empty()) return {};
  std::erase_if(infos, [&](const Track& track) {
    const auto [instance, job] = IdentityOf(track.labels);
    return (!instances.empty() && !instances.contains(instance)) || (!jobs.empty() && !jobs.contains(job));
  });
  return infos;
}

}  // namespace

Result<Steps> EvaluateInfoCall(Evaluation* evaluation, const promql::Call& call, const Grid& grid) {
  const InfoRequest request = TRY(ReadRequest(call));
  Steps steps = TRY(evaluation->VectorOf(*call.args[0], grid));
  labels::Matchers matchers = request.names;
  matchers.insert(matchers.end(), request.data.begin(), request.data.end());
  const std::vector<Track> tracks = Related(TRY(evaluation->Load(matchers)), request, steps);
  for (size_t step = 0; step < grid.size(); ++step) {
    const int64_t t_ms = ReferenceTime(request.time, grid.At(step));
    InfoSeries infos;
    for (const NewestPoint& info : NewestPoints(tracks, t_ms, evaluation->options().lookback_ms)) {
      if (!steps[step].empty()) RETURN_IF_ERROR(AddInfo(info, &infos));
    }
    steps[step] = TRY(Enrich(request, infos, steps[step]));
  }
  RETURN_IF_ERROR(evaluation->SettleAlways(&steps));
  return steps;
}

}  // namespace epi::promqlref
