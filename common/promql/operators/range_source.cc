#include "common/promql/operators/range_source.h"

#include "common/promql/operators/build.h"

namespace epi::promql {
namespace {

class SelectorSource final : public RangeSource {
 public:
  SelectorSource(QueryState* query, const MatrixSelector& matrix)
      : options_{query->features().use_start_timestamps, query->plan().stats_only.contains(matrix.selector.get())},
        selected_(query->Selected(*matrix.selector)), batches_(query->Batches(*matrix.selector)), lanes_(query->pool()->workers()) {
    shift_ = TimeShift(matrix.selector->time);
    range_ms_ = matrix.range_ms;
    edges_ = matrix.selector->edges;
    ReadSeries();
  }

  bool streams() const override { return batches_ != nullptr; }
  Status FetchBatch(size_t count) override { return batches_->Fetch(count); }
  bool NextBatch() override {
    if (!batches_->Take()) return false;
    ReadSeries();
    return true;
  }

  Result<SampleFeed*> Start(size_t index, size_t worker) override {
    Lane& lane = lanes_[worker];
    lane.cursor = TRY(selected_->series[index]->Samples(std::move(lane.cursor)));
    lane.feed.Start(lane.cursor.get(), options_);
    return &lane.feed;
  }
  void Done(size_t index) override { selected_->Done(index); }

 private:
  struct Lane {
    std::unique_ptr<series::SampleCursor> cursor;
    SampleFeed feed;
  };
  void ReadSeries() {
    series_.clear();
    series_.reserve(selected_->series.size());
    for (const auto& series : selected_->series) series_.push_back({series->labels(), false});
  }

  const SampleFeed::CursorOptions options_;
  SelectedSeries* const selected_;
  SeriesBatches* const batches_;  // Null unless streamed.
  std::vector<Lane> lanes_;  // Per worker.
};

class SubquerySource final : public RangeSource {
 public:
  SubquerySource(QueryState* query, const SubqueryExpr& subquery, VectorOperatorPtr child)
      : child_(std::move(child)), lanes_(query->pool()->workers()) {
    shift_ = TimeShift(subquery.time);
    range_ms_ = subquery.range_ms;
    series_ = child_->series();
  }

  Result<SampleFeed*> Start(size_t index, size_t worker) override {
    Lane& lane = lanes_[worker];
    RETURN_IF_ERROR(child_->Fill(index, worker, &lane.column));
    lane.feed.Start(child_->grid(), lane.column);
    return &lane.feed;
  }

 private:
  struct Lane {
    Column column;
    SampleFeed feed;
  };
  const VectorOperatorPtr child_;
  std::vector<Lane> lanes_;  // Per worker.
};

}  // namespace

Result<std::unique_ptr<RangeSource>> BuildRangeSource(QueryState* query, const Expr& expr, const StepGrid& grid) {
  const Expr* inner = Unwrap(&expr);
  if (const auto* matrix = As<MatrixSelector>(inner)) {
    return std::unique_ptr<RangeSource>(std::make_unique<SelectorSource>(query, *matrix));
  }
  const auto* subquery = As<SubqueryExpr>(inner);
  if (subquery == nullptr) return InternalError("range argument is neither selector nor subquery");
  const StepGrid inner_grid = SubqueryGrid(*subquery, grid, query->options().default_step_ms);
  VectorOperatorPtr child = TRY(BuildVector(query, *subquery->expr, inner_grid));
  return std::unique_ptr<RangeSource>(std::make_unique<SubquerySource>(query, *subquery, std::move(child)));
}

}  // namespace epi::promql
