// SeriesBatches: the series of one Select, read a batch at a time, so that a million of them are never there at once.
//
//   Fetch()   batch k + 1 is read ahead     (one thread; may run while the current batch is being evaluated)
//   Take()    it becomes the current one    (nothing else may run)
//
// Threads:  as above.
// Errors:   the querier's, "expanding series: …".
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/context.h"
#include "common/base/memory_account.h"
#include "common/series/querier.h"

namespace epi::promql {

// The series of one Select, shared by the selectors that read them; of a streamed one, those of the current batch.
struct SelectedSeries {
  std::vector<std::unique_ptr<series::Series>> series;
  // Only one selector reads them: it lets go of each once it was read. May be called for different series from different threads.
  bool sole_reader = false;
  void Done(size_t index) {
    if (sole_reader) series[index].reset();
  }
};

class SeriesBatches {
 public:
  // `selector` names the Select in errors.
  SeriesBatches(const Context& ctx, std::unique_ptr<series::SeriesSet> set, std::string selector)
      : set_(std::move(set)), selector_(std::move(selector)), charge_(ctx.memory()) {}

  // Reads up to `count` series ahead.
  Status Fetch(size_t count);
  // False when there are no more series.
  bool Take();
  SelectedSeries* current() { return &current_; }
  const std::string& selector() const { return selector_; }
  // Valid at the end.
  std::vector<std::string> Warnings() const { return set_->Warnings(); }

 private:
  const std::unique_ptr<series::SeriesSet> set_;
  const std::string selector_;
  SelectedSeries current_;
  std::vector<std::unique_ptr<series::Series>> next_;
  bool ended_ = false;
  // Of the largest batch so far: there are two at most.
  uint64_t batch_bytes_max_ = 0;
  MemoryCharge charge_;
};

// What a series costs: its labels, the object and its place in lists.
uint64_t SeriesBytes(const series::Series& series);

}  // namespace epi::promql
