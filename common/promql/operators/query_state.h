// QueryState: what all operators of one running query share.
//
// Threads:  Check(), Charge(), annotations and samples are safe from any worker; the rest is constant while workers run.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "common/base/context.h"
#include "common/base/memory_account.h"
#include "common/base/mutex.h"
#include "common/promql/operators/annotation_sink.h"
#include "common/promql/operators/profile.h"
#include "common/promql/operators/sample_tracker.h"
#include "common/promql/operators/series_batches.h"
#include "common/promql/operators/worker_pool.h"
#include "common/promql/options.h"
#include "common/promql/plan/plan.h"
#include "common/series/querier.h"

namespace epi::promql {

class QueryState {
 public:
  QueryState(const Context& ctx, const series::Querier& querier, const Features& features, const Plan& plan,
             int64_t samples_max, size_t workers)
      : ctx_(ctx), querier_(querier), features_(features), plan_(plan), samples_(samples_max), pool_(workers),
        charge_(ctx.memory()) {}

  const Features& features() const { return features_; }
  const Plan& plan() const { return plan_; }
  const PlanOptions& options() const { return plan_.options; }
  bool delayed_names() const { return features_.delayed_name_removal; }
  AnnotationSink* annotations() { return &annotations_; }
  SampleTracker* samples() { return &samples_; }
  WorkerPool* pool() { return &pool_; }
  // Null unless the query is to be analysed.
  Profiler* profiler() { return profiler_.get(); }
  void EnableProfiler() { profiler_ = std::make_unique<Profiler>(); }
  const Context& ctx() const { return ctx_; }
  const series::Querier& querier() const { return querier_; }

  // Cancelled or DeadlineExceeded, in Prometheus' words.
  Status Check() const;
  // Charges the query's memory account until the query ends. The error also names the selector with the most series.
  Status Charge(uint64_t bytes, std::string_view what);
  // The charge, with no more than `bytes` of it kept: for the result that outlives the query. Nothing may be charged any more.
  MemoryCharge TakeCharge(uint64_t bytes);

  // Runs all Selects of the plan. Call once, before operators are built.
  Status SelectAll();
  SelectedSeries* Selected(const VectorSelector& selector);
  // Of a selector that is streamed (Plan::streamed); null for others.
  SeriesBatches* Batches(const VectorSelector& selector);
  // Runs one more Select and keeps its warnings.
  Result<SelectedSeries> Select(const series::SelectRequest& request);
  // REQUIRES: all that is streamed was read.
  std::vector<std::string> TakeStorageWarnings();

 private:
  const Context& ctx_;
  const series::Querier& querier_;
  const Features features_;
  const Plan& plan_;
  AnnotationSink annotations_;
  SampleTracker samples_;
  WorkerPool pool_;
  std::unique_ptr<Profiler> profiler_;
  Result<std::unique_ptr<series::SeriesSet>> OpenSet(const series::SelectRequest& request);
  Status ExpandingError(Status status) const;
  // The selector with the most series; all of them when none was read whole.
  std::string SelectorsText() const;
  void KeepWarnings(std::vector<std::string> warnings);

  // Per Select of the plan: one of the two.
  std::vector<SelectedSeries> selected_;
  std::vector<std::unique_ptr<SeriesBatches>> batches_;
  std::vector<std::string> storage_warnings_;
  // The largest of selected_, for errors.
  size_t most_series_ = 0;
  std::string most_series_selector_;
  Mutex charge_mutex_;
  MemoryCharge charge_ GUARDED_BY(charge_mutex_);
};

}  // namespace epi::promql
