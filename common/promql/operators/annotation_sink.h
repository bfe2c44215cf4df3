// AnnotationSink: collects the annotations of all operators of a query, from all workers.
//
// Operators run interleaved, so annotations are kept by the operator's ordinal (children before parents, left before right) and
// put together in that order at the end: what is shown does not depend on the schedule.
#pragma once

#include <atomic>
#include <map>
#include <vector>

#include "common/base/mutex.h"
#include "common/promql/annotations.h"

namespace epi::promql {

class AnnotationSink {
 public:
  size_t NextOrdinal() { return next_ordinal_++; }
  void Add(size_t ordinal, Annotation annotation) {
    MutexLock lock(&mutex_);
    by_operator_[ordinal].Add(std::move(annotation));
  }
  // All of them, in order of ordinals.
  Annotations Collect() {
    MutexLock lock(&mutex_);
    Annotations all;
    for (const auto& [ordinal, annotations] : by_operator_) all.Merge(annotations);
    return all;
  }

 private:
  size_t next_ordinal_ = 0;  // Operators are built by one thread.
  Mutex mutex_;
  std::map<size_t, Annotations> by_operator_ GUARDED_BY(mutex_);
};

// One operator's way to the sink.
class Annotator {
 public:
  explicit Annotator(AnnotationSink* sink) : sink_(sink), ordinal_(sink->NextOrdinal()) {}
  void Add(Annotation annotation) const { sink_->Add(ordinal_, std::move(annotation)); }

 private:
  AnnotationSink* const sink_;
  const size_t ordinal_;
};

// True once: annotations with a fixed text need adding only once per operator, whatever the number of steps.
class Once {
 public:
  bool First() { return !done_.load(std::memory_order_relaxed) && !done_.exchange(true, std::memory_order_relaxed); }

 private:
  std::atomic<bool> done_{false};
};

}  // namespace epi::promql
