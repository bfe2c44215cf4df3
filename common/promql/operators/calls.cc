// Calls that yield instant vectors: which operator implements which function.
#include <cmath>

#include "common/base/str_cat.h"
#include "common/promql/functions/math.h"
#include "common/promql/functions/range_function.h"
#include "common/promql/operators/absent_calls.h"
#include "common/promql/operators/build.h"
#include "common/promql/operators/histogram_calls.h"
#include "common/promql/operators/info_call.h"
#include "common/promql/operators/instant_selector.h"
#include "common/promql/operators/label_calls.h"
#include "common/promql/operators/map.h"
#include "common/promql/operators/range_call.h"
#include "common/promql/operators/sort_calls.h"

namespace epi::promql {
namespace {

// timestamp() and start_timestamp() see the samples themselves when their argument is a bare selector.
Result<VectorOperatorPtr> BuildTimestamp(QueryState* query, const Call& call, const StepGrid& grid) {
  const bool start = call.function->name == "start_timestamp";
  const auto* selector = As<VectorSelector>(Unwrap(call.args[0].get()));
  if (selector != nullptr) {
    return MakeInstantSelector(query, *selector, grid, start ? SampleAspect::kStartTimestamp : SampleAspect::kTimestamp);
  }
  VectorOperatorPtr child = TRY(BuildVector(query, *call.args[0], grid));
  return MapDroppingName(query, std::move(child), [grid, start](size_t, Column* column) {
    const StepBits present = column->Presence();
    column->Reset(grid.steps());
    if (start) return OkStatus();  // Computed values have no start time.
    present.ForEach([&](size_t step) { column->SetFloat(step, static_cast<double>(grid.TimeAt(step)) / 1000); });
    return OkStatus();
  });
}

Result<VectorOperatorPtr> BuildCalendar(QueryState* query, const Call& call, const StepGrid& grid) {
  const FloatFunction function = FindFloatFunction(call.function->name);
  if (!call.args.empty()) return MapFloats(query, TRY(BuildVector(query, *call.args[0], grid)), function);
  return VectorOfScalar(grid, [&](size_t step) { return function(static_cast<double>(grid.TimeAt(step)) / 1000); });
}

// Scalar argument `index`, or a default when it is missing.
Result<ScalarColumn> ScalarArg(QueryState* query, const Call& call, size_t index, double fallback, const StepGrid& grid) {
  if (index >= call.args.size()) return ScalarColumn(fallback);
  return BuildScalar(query, *call.args[index], grid);
}

Result<VectorOperatorPtr> BuildClamp(QueryState* query, const Call& call, const StepGrid& grid) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const std::string_view name = call.function->name;
  VectorOperatorPtr child = TRY(BuildVector(query, *call.args[0], grid));
  ScalarColumn min(-kInfinity);
  ScalarColumn max(kInfinity);
  if (name != "clamp_max") min = TRY(ScalarArg(query, call, 1, -kInfinity, grid));
  if (name != "clamp_min") max = TRY(ScalarArg(query, call, name == "clamp" ? 2 : 1, kInfinity, grid));
  return MapDroppingName(query, std::move(child), [name, min = std::move(min), max = std::move(max)](size_t, Column* column) {
    column->DropHistograms();
    const StepBits valid = column->valid;
    valid.ForEach([&](size_t step) {
      double& value = column->values[step];
      if (name == "clamp_min") {
        value = MaxOf(min.At(step), value);
      } else if (name == "clamp_max") {
        value = MinOf(max.At(step), value);
      } else if (max.At(step) < min.At(step)) {
        column->valid.Clear(step);
      } else {
        value = MaxOf(min.At(step), MinOf(max.At(step), value));
      }
    });
    return OkStatus();
  });
}

Result<VectorOperatorPtr> BuildRound(QueryState* query, const Call& call, const StepGrid& grid) {
  VectorOperatorPtr child = TRY(BuildVector(query, *call.args[0], grid));
  ScalarColumn nearest = TRY(ScalarArg(query, call, 1, 1, grid));
  return MapDroppingName(query, std::move(child), [nearest = std::move(nearest)](size_t, Column* column) {
    column->DropHistograms();
    column->valid.ForEach([&](size_t step) { column->values[step] = RoundToNearest(column->values[step], nearest.At(step)); });
    return OkStatus();
  });
}

}  // namespace

Result<VectorOperatorPtr> BuildCall(QueryState* query, const Call& call, const StepGrid& grid) {
  const std::string_view name = call.function->name;
  if (name == "timestamp" || name == "start_timestamp") return BuildTimestamp(query, call, grid);
  if (name == "absent" || name == "absent_over_time") return BuildAbsent(query, call, grid);
  if (FindRangeFunction(name) != nullptr) return BuildRangeCall(query, call, grid);
  if (IsCalendarFunction(name)) return BuildCalendar(query, call, grid);
  if (const FloatFunction function = FindFloatFunction(name)) {
    return MapFloats(query, TRY(BuildVector(query, *call.args[0], grid)), function);
  }
  if (name.starts_with("clamp")) return BuildClamp(query, call, grid);
  if (name == "round") return BuildRound(query, call, grid);
  if (name == "vector") {
    const ScalarColumn scalar = TRY(BuildScalar(query, *call.args[0], grid));
    return VectorOfScalar(grid, [&scalar](size_t step) { return scalar.At(step); });
  }
  if (name == "label_replace") return BuildLabelReplace(query, call, grid);
  if (name == "label_join") return BuildLabelJoin(query, call, grid);
  if (name == "info") return BuildInfo(query, call, grid);
  if (IsSortCall(name)) return BuildSort(query, call, grid);
  if (IsHistogramCall(name)) return BuildHistogramCall(query, call, grid);
  return InternalError(StrCat("function is not implemented: ", name));
}

}  // namespace epi::promql
