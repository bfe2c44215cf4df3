#include "common/promql/operators/range_call.h"

#include "common/base/str_cat.h"
#include "common/promql/functions/range_function.h"
#include "common/promql/operators/build.h"
#include "common/promql/operators/merge_equal.h"
#include "common/promql/operators/range_source.h"
#include "common/promql/operators/series_names.h"

namespace epi::promql {
namespace {

// What a call asks for, apart from the function.
struct RangeArgs {
  std::unique_ptr<RangeSource> source;
  PositionRange position;  // Of the first argument.
  std::vector<ScalarColumn> params;
};

class RangeCall final : public VectorOperator {
 public:
  RangeCall(QueryState* query, const StepGrid& grid, const RangeFunction& function, RangeArgs args)
      : VectorOperator(grid), query_(query), function_(function), args_(std::move(args)), hold_(query->samples()),
        annotator_(query->annotations()) {
    ReadSeries();
  }

  bool streams() const override { return args_.source->streams(); }
  Status FetchBatch(size_t count) override { return args_.source->FetchBatch(count); }
  bool NextBatch() override {
    if (!args_.source->NextBatch()) return false;
    ReadSeries();
    return true;
  }

  Status Fill(size_t index, size_t worker, Column* out) override {
    out->Reset(grid().steps());
    const SeriesMeta& input = args_.source->series()[index];
    RangeRun run;
    run.feed = TRY(args_.source->Start(index, worker));
    run.grid = grid();
    run.shift = args_.source->shift();
    run.range_ms = args_.source->range_ms();
    run.edges = args_.source->edges();
    run.lookback_ms = query_->options().lookback_ms;
    run.use_start_times = query_->features().use_start_timestamps;
    run.type_labels = query_->features().type_and_unit_labels;
    run.function = function_.name;
    run.metric_name = input.labels.metric_name();
    if (run.type_labels) run.type_label = input.labels.Get("__type__");
    run.position = args_.position;
    run.annotator = &annotator_;
    for (size_t i = 0; i < args_.params.size() && i < run.params.size(); ++i) run.params[i] = &args_.params[i];
    run.out = out;
    RETURN_IF_ERROR(function_.run(&run));
    args_.source->Done(index);
    query_->samples()->CountRead(run.points);
    RETURN_IF_ERROR(query_->samples()->CheckTransient(run.points_max));
    return hold_.Add(ColumnPoints(*out));
  }

 private:
  void ReadSeries() {
    series_ = function_.keeps_name ? args_.source->series() : DropNames(args_.source->series(), query_->delayed_names());
  }

  QueryState* const query_;
  const RangeFunction& function_;
  const RangeArgs args_;
  SampleTracker::Hold hold_;
  const Annotator annotator_;
};

Status CheckEdges(std::string_view function, RangeEdges edges) {
  const bool rate = function == "rate" || function == "increase" || function == "delta";
  const bool pairs = function == "changes" || function == "resets";
  if (edges == RangeEdges::kAnchored && !rate && !pairs) {
    return FailedPreconditionError(
        StrCat("anchored modifier can only be used with: changes, delta, increase, rate, resets - not with ", function));
  }
  if (edges == RangeEdges::kSmoothed && !rate) {
    return FailedPreconditionError(StrCat("smoothed modifier can only be used with: delta, increase, rate - not with ", function));
  }
  return OkStatus();
}

}  // namespace

Result<VectorOperatorPtr> BuildRangeCall(QueryState* query, const Call& call, const StepGrid& grid) {
  const bool absent = call.function->name == "absent_over_time";
  const RangeFunction* function = FindRangeFunction(absent ? "present_over_time" : call.function->name);
  CHECK(function != nullptr);
  RangeArgs args;
  args.position = ArgPosition(*call.args[0]);
  for (const ExprPtr& arg : call.args) {
    if (arg->type() == ValueType::kMatrix) {
      args.source = TRY(BuildRangeSource(query, *arg, grid));
    } else {
      args.params.push_back(TRY(BuildScalar(query, *arg, grid)));
    }
  }
  RETURN_IF_ERROR(CheckEdges(call.function->name, args.source->edges()));
  VectorOperatorPtr op = std::make_unique<RangeCall>(query, grid, *function, std::move(args));
  // absent_over_time asks only whether there is anything: equal labels do not matter to it.
  if (query->delayed_names() || function->keeps_name || absent) return op;
  return MergeEqualSeries(std::move(op), MergeRule::kNever);
}

}  // namespace epi::promql
