// Which function is evaluated where; timestamp, sort and labels.
#include <algorithm>
#include <cmath>
#include <limits>

#include "common/base/str_cat.h"
#include "common/base/utf8.h"
#include "common/labels/anchored_regex.h"
#include "tests/support/promqlref/natural_order.h"
#include "tests/support/promqlref/nodes.h"

namespace epi::promqlref {
namespace {

bool IsLabelName(const std::string& name) { return !name.empty() && IsValidUtf8(name); }

Result<Steps> VectorCall(Evaluation* evaluation, const promql::Call& call, const Grid& grid) {
  Steps steps;
  for (const double value : TRY(evaluation->ScalarOf(*call.args[0], grid))) steps.push_back({{Labels(), false, Float(value)}});
  return steps;
}

// The series' new labels; the name is kept when it was set on purpose.
void SetLabel(const std::string& name, const std::string& value, Element* element) {
  labels::LabelsBuilder builder(element->labels);
  builder.Set(name, value);
  element->labels = builder.Build();
  if (name == labels::kMetricName) element->drop_name = false;
}

using Before = bool (*)(double, double);
// NaN comes last either way.
bool ValueBefore(double a, double b, Before before) {
  if (std::isnan(a) || std::isnan(b)) return !std::isnan(a);
  return before(a, b);
}

int CompareByLabels(const Labels& a, const Labels& b, const promql::Call& call) {
  for (size_t i = 1; i < call.args.size(); ++i) {
    const std::string name = StringOf(*call.args[i]);
    if (const int order = NaturalCompare(a.Get(name), b.Get(name)); order != 0) return order;
  }
  return Labels::Compare(a, b);
}

}  // namespace

double OnlyFloat(const Vector& vector) {
  double value = std::numeric_limits<double>::quiet_NaN();
  size_t floats = 0;
  for (const Element& element : vector) {
    if (element.sample.is_histogram()) continue;
    value = element.sample.value;
    ++floats;
  }
  return floats == 1 ? value : std::numeric_limits<double>::quiet_NaN();
}

promql::PositionRange PositionOf(const promql::Expr& arg) {
  const promql::Expr* inner = promql::Unwrap(&arg);
  // A subquery has been replaced by its samples by then, and these have no position.
  if (inner->kind == promql::ExprKind::kSubquery) return {};
  return inner->position;
}

Result<Steps> EvaluateTimestampCall(Evaluation* evaluation, const promql::Call& call, const Grid& grid) {
  const bool start = call.function->name == "start_timestamp";
  const auto* selector = promql::As<promql::VectorSelector>(promql::Unwrap(call.args[0].get()));
  Steps results(grid.size());
  if (selector != nullptr) {
    if (start && !evaluation->options().features.use_start_timestamps) return results;
    const std::vector<Track> tracks = TRY(evaluation->Load(selector->matchers));
    for (size_t step = 0; step < grid.size(); ++step) {
      const int64_t t_ms = ReferenceTime(selector->time, grid.At(step));
      for (const NewestPoint& newest : NewestPoints(tracks, t_ms, evaluation->options().lookback_ms)) {
        Element element{newest.track->labels, false, Float(Seconds(start ? newest.point.start_ms : newest.point.t_ms))};
        evaluation->DropName(&element);
        results[step].push_back(std::move(element));
      }
    }
  } else {
    results = TRY(evaluation->VectorOf(*call.args[0], grid));
    for (size_t step = 0; step < grid.size(); ++step) {
      if (start) results[step].clear();
      for (Element& element : results[step]) {
        element.sample = Float(Seconds(grid.At(step)));
        evaluation->DropName(&element);
      }
    }
  }
  RETURN_IF_ERROR(evaluation->Settle(&results));
  return results;
}

Result<Steps> EvaluateLabelCall(Evaluation* evaluation, const promql::Call& call, const Grid& grid) {
  const std::string target = StringOf(*call.args[1]);
  const bool replace = call.function->name == "label_replace";
  std::vector<std::string> rest;
  for (size_t i = 2; i < call.args.size(); ++i) rest.push_back(StringOf(*call.args[i]));
  for (size_t i = 1; !replace && i < rest.size(); ++i) {
    if (!IsLabelName(rest[i])) return FailedPreconditionError(StrCat("invalid source label name in label_join(): ", rest[i]));
  }
  const Result<labels::AnchoredRegex> regex = labels::AnchoredRegex::Make(replace ? rest[2] : "");
  if (!regex.ok()) return FailedPreconditionError(StrCat("invalid regular expression in label_replace(): ", rest[2]));
  if (!IsLabelName(target)) {
    return FailedPreconditionError(StrCat("invalid destination label name in ", call.function->name, "(): ", target));
  }
  Steps steps = TRY(evaluation->VectorOf(*call.args[0], grid));
  for (Vector& vector : steps) {
    for (Element& element : vector) {
      std::string value;
      if (replace) {
        if (regex->Expand(element.labels.Get(rest[1]), rest[0], &value)) SetLabel(target, value, &element);
        continue;
      }
      for (size_t i = 1; i < rest.size(); ++i) StrAppend(&value, i > 1 ? rest[0] : "", element.labels.Get(rest[i]));
      SetLabel(target, value, &element);
    }
  }
  RETURN_IF_ERROR(evaluation->SettleAlways(&steps));
  return steps;
}

Result<Steps> EvaluateSortCall(Evaluation* evaluation, const promql::Call& call, const Grid& grid) {
  Steps steps = TRY(evaluation->VectorOf(*call.args[0], grid));
  if (grid.start_ms != grid.end_ms && !steps.empty()) evaluation->Annotate(promql::SortInRangeQueryWarning(call.position));
  const std::string_view name = call.function->name;
  const bool descending = name.ends_with("_desc");
  for (Vector& vector : steps) {
    // In range queries only histograms get lost.
    if (grid.start_ms != grid.end_ms && name.starts_with("sort_by_label")) continue;
    if (name.starts_with("sort_by_label")) {
      std::stable_sort(vector.begin(), vector.end(), [&](const Element& a, const Element& b) {
        const int order = CompareByLabels(a.labels, b.labels, call);
        return descending ? order > 0 : order < 0;
      });
      continue;
    }
    std::erase_if(vector, [](const Element& element) { return element.sample.is_histogram(); });
    if (grid.start_ms != grid.end_ms) continue;
    const Before before = descending ? Before([](double a, double b) { return a > b; }) : Before([](double a, double b) { return a < b; });
    std::stable_sort(vector.begin(), vector.end(), [before](const Element& a, const Element& b) {
      return ValueBefore(a.sample.value, b.sample.value, before);
    });
  }
  RETURN_IF_ERROR(evaluation->Settle(&steps));
  return steps;
}

Result<Steps> EvaluateCall(Evaluation* evaluation, const promql::Call& call, const Grid& grid) {
  const std::string_view name = call.function->name;
  if (name == "timestamp" || name == "start_timestamp") return EvaluateTimestampCall(evaluation, call, grid);
  if (name == "label_replace" || name == "label_join") return EvaluateLabelCall(evaluation, call, grid);
  if (name == "absent" || name == "absent_over_time") return EvaluateAbsentCall(evaluation, call, grid);
  if (name == "info") return EvaluateInfoCall(evaluation, call, grid);
  if (name == "vector") return VectorCall(evaluation, call, grid);
  if (name.starts_with("sort")) return EvaluateSortCall(evaluation, call, grid);
  if (name.starts_with("histogram_")) return EvaluateHistogramCall(evaluation, call, grid);
  if (IsMathCall(name)) return EvaluateMathCall(evaluation, call, grid);
  return EvaluateRangeCall(evaluation, call, grid);
}

}  // namespace epi::promqlref
