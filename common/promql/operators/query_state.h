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
#include "common/promql/operators/sample_tracker.h"
#include "common/promql/operators/worker_pool.h"
#include "common/promql/options.h"
#include "common/promql/plan/plan.h"
#include "common/series/querier.h"

namespace epi::promql {

// The series of one Select, shared by the selectors that read them.
struct SelectedSeries {
  std::vector<std::unique_ptr<series::Series>> series;
};

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
  const Context& ctx() const { return ctx_; }
  const series::Querier& querier() const { return querier_; }

  // Cancelled or DeadlineExceeded, in Prometheus' words.
  Status Check() const;
  // Charges the query's memory account until the query ends.
  Status Charge(uint64_t bytes, std::string_view what);

  // Runs all Selects of the plan. Call once, before operators are built.
  Status SelectAll();
  const SelectedSeries& Selected(const VectorSelector& selector) const;
  // Runs one more Select and keeps its warnings.
  Result<SelectedSeries> Select(const series::SelectRequest& request);
  std::vector<std::string> TakeStorageWarnings() { return std::move(storage_warnings_); }

 private:
  const Context& ctx_;
  const series::Querier& querier_;
  const Features features_;
  const Plan& plan_;
  AnnotationSink annotations_;
  SampleTracker samples_;
  WorkerPool pool_;
  std::vector<SelectedSeries> selected_;
  std::vector<std::string> storage_warnings_;
  Mutex charge_mutex_;
  MemoryCharge charge_ GUARDED_BY(charge_mutex_);
};

}  // namespace epi::promql
