#include <algorithm>
#include <set>

#include "common/base/str_cat.h"
#include "tests/support/promqlref/nodes.h"
#include "tests/support/promqlref/ranges.h"

namespace epi::promqlref {
namespace {

using promql::RangeEdges;

RangeFunction Find(std::string_view name) {
  for (const auto find : {FindOverTime, FindRate, FindTrend}) {
    if (const RangeFunction function = find(name)) return function;
  }
  return nullptr;
}

Status CheckEdges(std::string_view name, RangeEdges edges) {
  const bool rate = name == "rate" || name == "increase" || name == "delta";
  if (edges == RangeEdges::kAnchored && !rate && name != "changes" && name != "resets") {
    return FailedPreconditionError(
        StrCat("anchored modifier can only be used with: changes, delta, increase, rate, resets - not with ", name));
  }
  if (edges == RangeEdges::kSmoothed && !rate) {
    return FailedPreconditionError(StrCat("smoothed modifier can only be used with: delta, increase, rate - not with ", name));
  }
  return OkStatus();
}

Window WindowOf(const Ranges& ranges, const Track& track, int64_t t_ms, int64_t lookback_ms) {
  Window window;
  window.t_ms = t_ms;
  window.right_ms = ranges.Right(t_ms);
  window.left_ms = window.right_ms - ranges.range_ms;
  window.range_seconds = Seconds(ranges.range_ms);
  window.edges = ranges.edges;
  window.metric_name = track.labels.metric_name();
  const int64_t from_ms = window.left_ms - (ranges.edges == RangeEdges::kPlain ? 0 : lookback_ms);
  const int64_t to_ms = window.right_ms + (ranges.edges == RangeEdges::kSmoothed ? lookback_ms : 0);
  for (const Point& point : track.points) {
    if (point.t_ms <= from_ms || point.t_ms > to_ms) continue;
    (point.sample.is_histogram() ? window.histograms : window.floats).push_back(point);
  }
  return window;
}

bool NamedLikeCounter(std::string_view name) {
  return name.ends_with("_total") || name.ends_with("_sum") || name.ends_with("_count") || name.ends_with("_bucket");
}

void NoteNonCounter(Evaluation* evaluation, const Track& track, promql::PositionRange position) {
  const std::string_view name = track.labels.metric_name();
  if (name.empty()) return;
  if (!evaluation->options().features.type_and_unit_labels) {
    if (!NamedLikeCounter(name)) evaluation->Annotate(promql::PossibleNonCounterInfo(name, position));
    return;
  }
  const std::string_view type = track.labels.Get("__type__");
  if (type != "counter" && type != "histogram") {
    evaluation->Annotate(promql::PossibleNonCounterLabelInfo(name, type, position));
  }
}

struct Prepared {
  Ranges ranges;
  std::vector<std::vector<double>> params;  // [argument][step]
};

Result<Prepared> Prepare(Evaluation* evaluation, const promql::Call& call, const Grid& grid) {
  Prepared prepared;
  for (const promql::ExprPtr& arg : call.args) {
    if (arg->type() == promql::ValueType::kMatrix) {
      prepared.ranges = TRY(evaluation->RangesOf(*arg, grid));
    } else {
      prepared.params.push_back(TRY(evaluation->ScalarOf(*arg, grid)));
    }
  }
  RETURN_IF_ERROR(CheckEdges(call.function->name, prepared.ranges.edges));
  return prepared;
}

}  // namespace

std::vector<Point> Window::All() const {
  std::vector<Point> all = floats;
  all.insert(all.end(), histograms.begin(), histograms.end());
  std::stable_sort(all.begin(), all.end(), [](const Point& a, const Point& b) { return a.t_ms < b.t_ms; });
  return all;
}

bool StartTimeReset(const Point& before, const Point& point) {
  const bool known = point.start_ms != 0 && point.start_ms < point.t_ms;
  if (!known || point.start_ms < before.t_ms) return false;
  if (point.start_ms > before.t_ms) return true;
  return before.start_ms != 0 && before.start_ms < before.t_ms;
}

void NoteReconciled(const Window& window, bool reconciled, promql::HistogramOperation operation) {
  if (reconciled) window.Annotate(promql::MismatchedCustomBucketsInfo(operation, window.position));
}

Result<Steps> EvaluateRangeCall(Evaluation* evaluation, const promql::Call& call, const Grid& grid) {
  const std::string_view name = call.function->name;
  const Prepared prepared = TRY(Prepare(evaluation, call, grid));
  const RangeFunction function = Find(name);
  if (function == nullptr) return UnimplementedError(StrCat("no such function: ", name));
  const bool keeps_name = name == "last_over_time" || name == "first_over_time";
  const promql::PositionRange position = PositionOf(*call.args[0]);
  Steps steps(grid.size());
  std::set<Labels> results;
  for (const Track& track : prepared.ranges.tracks) {
    Element result{track.labels, track.drop_name, {}};
    if (!keeps_name || track.drop_name) evaluation->DropName(&result);
    bool any = false;
    bool any_float = false;
    for (size_t step = 0; step < grid.size(); ++step) {
      Window window = WindowOf(prepared.ranges, track, grid.At(step), evaluation->options().lookback_ms);
      if (window.floats.empty() && window.histograms.empty()) continue;
      for (const auto& param : prepared.params) window.params.push_back(param[step]);
      window.position = position;
      window.evaluation = evaluation;
      const Maybe sample = TRY(function(window));
      if (!sample.has_value()) continue;
      any = true;
      any_float |= !sample->is_histogram();
      result.sample = *sample;
      steps[step].push_back(result);
    }
    if (any_float && (name == "rate" || name == "increase")) NoteNonCounter(evaluation, track, position);
    if (any && !evaluation->delayed_names() && !results.insert(result.labels).second) return SameLabelset();
  }
  return steps;
}

Result<Steps> EvaluateAbsentCall(Evaluation* evaluation, const promql::Call& call, const Grid& grid) {
  std::vector<bool> present(grid.size());
  if (call.args[0]->type() == promql::ValueType::kMatrix) {
    const Prepared prepared = TRY(Prepare(evaluation, call, grid));
    for (const Track& track : prepared.ranges.tracks) {
      for (size_t step = 0; step < grid.size(); ++step) {
        const Window window = WindowOf(prepared.ranges, track, grid.At(step), evaluation->options().lookback_ms);
        if (!window.floats.empty() || !window.histograms.empty()) present[step] = true;
      }
    }
  } else {
    const Steps steps = TRY(evaluation->VectorOf(*call.args[0], grid));
    for (size_t step = 0; step < grid.size(); ++step) present[step] = !steps[step].empty();
  }
  const promql::Expr* inner = promql::Unwrap(call.args[0].get());
  const auto* selector = promql::As<promql::VectorSelector>(inner);
  const auto* matrix = promql::As<promql::MatrixSelector>(inner);
  if (matrix != nullptr) selector = matrix->selector.get();
  labels::LabelsBuilder builder;
  std::set<std::string> set;
  // Matchers that exclude series without the label come last.
  for (const bool excluding : {false, true}) {
    for (size_t i = 0; selector != nullptr && i < selector->matchers.size(); ++i) {
      const labels::Matcher& matcher = selector->matchers[i];
      const bool negative = matcher.type() == labels::MatchType::kNotEqual || matcher.type() == labels::MatchType::kNotRegex;
      if (matcher.name() == labels::kMetricName || (negative && matcher.MatchesEmpty()) != excluding) continue;
      const bool wanted = matcher.type() == labels::MatchType::kEqual && set.insert(matcher.name()).second;
      builder.Set(matcher.name(), wanted ? matcher.value() : "");
    }
  }
  Element absent{builder.Build(), false, Float(1)};
  if (matrix != nullptr && evaluation->delayed_names()) absent.drop_name = true;
  Steps steps(grid.size());
  for (size_t step = 0; step < grid.size(); ++step) {
    if (!present[step]) steps[step].push_back(absent);
  }
  return steps;
}

}  // namespace epi::promqlref
