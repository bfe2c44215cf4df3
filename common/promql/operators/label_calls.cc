#include "common/promql/operators/label_calls.h"

#include <unordered_map>

#include "common/base/go_quote.h"
#include "common/base/str_cat.h"
#include "common/base/utf8.h"
#include "common/labels/anchored_regex.h"
#include "common/promql/operators/build.h"
#include "common/promql/operators/map.h"
#include "common/promql/operators/merge_equal.h"

namespace epi::promql {
namespace {

bool IsLabelName(std::string_view name) { return !name.empty() && IsValidUtf8(name); }

// Sets a label; a name that is set on purpose is there to stay.
SeriesMeta WithLabel(const SeriesMeta& series, const std::string& name, const std::string& value) {
  labels::LabelsBuilder builder(series.labels);
  builder.Set(name, value);
  return {builder.Build(), series.drop_name && name != labels::kMetricName};
}

Result<VectorOperatorPtr> Relabelled(VectorOperatorPtr child, std::vector<SeriesMeta> series) {
  VectorOperatorPtr op = MapColumns(std::move(child), std::move(series), [](size_t, Column*) { return OkStatus(); });
  return MergeEqualSeries(std::move(op), MergeRule::kBySteps);
}

}  // namespace

Result<VectorOperatorPtr> BuildLabelReplace(QueryState* query, const Call& call, const StepGrid& grid) {
  const std::string& target = StringValue(*call.args[1]);
  const std::string& replacement = StringValue(*call.args[2]);
  const std::string& source = StringValue(*call.args[3]);
  const std::string& pattern = StringValue(*call.args[4]);
  const Result<labels::AnchoredRegex> regex = labels::AnchoredRegex::Make(pattern);
  if (!regex.ok()) return FailedPreconditionError(StrCat("invalid regular expression in label_replace(): ", pattern));
  if (!IsLabelName(target)) {
    return FailedPreconditionError(StrCat("invalid destination label name in label_replace(): ", target));
  }
  VectorOperatorPtr child = TRY(BuildVector(query, *call.args[0], grid));
  // Many series share few source values: each distinct one is matched once.
  std::unordered_map<std::string, std::optional<std::string>> replaced;
  std::vector<SeriesMeta> series;
  series.reserve(child->series().size());
  for (const SeriesMeta& one : child->series()) {
    const auto [it, added] = replaced.try_emplace(std::string(one.labels.Get(source)));
    if (added) {
      std::string value;
      if (regex->Expand(it->first, replacement, &value)) it->second = std::move(value);
    }
    series.push_back(it->second.has_value() ? WithLabel(one, target, *it->second) : one);
  }
  return Relabelled(std::move(child), std::move(series));
}

Result<VectorOperatorPtr> BuildLabelJoin(QueryState* query, const Call& call, const StepGrid& grid) {
  const std::string& target = StringValue(*call.args[1]);
  const std::string& separator = StringValue(*call.args[2]);
  for (size_t i = 3; i < call.args.size(); ++i) {
    const std::string& source = StringValue(*call.args[i]);
    if (!IsLabelName(source)) return FailedPreconditionError(StrCat("invalid source label name in label_join(): ", source));
  }
  if (!IsLabelName(target)) return FailedPreconditionError(StrCat("invalid destination label name in label_join(): ", target));
  VectorOperatorPtr child = TRY(BuildVector(query, *call.args[0], grid));
  std::vector<SeriesMeta> series;
  series.reserve(child->series().size());
  for (const SeriesMeta& one : child->series()) {
    std::string value;
    for (size_t i = 3; i < call.args.size(); ++i) {
      if (i > 3) value += separator;
      value += one.labels.Get(StringValue(*call.args[i]));
    }
    series.push_back(WithLabel(one, target, value));
  }
  return Relabelled(std::move(child), std::move(series));
}

}  // namespace epi::promql
