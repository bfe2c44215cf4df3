// A cursor without the samples that tombstones delete.
//
// Owns: the inner cursor; copies of the intervals.
#pragma once

#include <memory>
#include <vector>

#include "common/series/querier.h"
#include "common/tsdb/tombstones.h"

namespace epi::tsdb {

// `intervals`: sorted and disjoint.
std::unique_ptr<series::SampleCursor> MakeDeletedCursor(std::unique_ptr<series::SampleCursor> inner,
                                                        std::vector<Interval> intervals);

}  // namespace epi::tsdb
