// What histogram arithmetic found out, turned into annotations.
#pragma once

#include "common/promql/annotations.h"
#include "common/promql/operators/annotation_sink.h"
#include "common/series/float_histogram_math.h"

namespace epi::promql {

inline void AddNotes(const series::CombineNotes& notes, HistogramOperation operation, PositionRange position,
                     const Annotator* annotator) {
  if (notes.counter_reset_collision) annotator->Add(HistogramCounterResetCollisionWarning(operation, position));
  if (notes.custom_bounds_reconciled) annotator->Add(MismatchedCustomBucketsInfo(operation, position));
}

// Counter-reset hints seen while many histograms are added up.
class HintTally {
 public:
  void Add(series::CounterResetHint hint) {
    reset_ |= hint == series::CounterResetHint::kReset;
    not_reset_ |= hint == series::CounterResetHint::kNotReset;
  }
  // Some say "reset", others "not reset".
  bool Collide() const { return reset_ && not_reset_; }

 private:
  bool reset_ = false;
  bool not_reset_ = false;
};

}  // namespace epi::promql
