// One selected series over one or several blocks, as series::Series.
//
// Contract: overlapping blocks are merged by time; of samples with equal times that of the earlier part stays. A block's
//           tombstones delete its own samples only.
// Threads:  immutable; cursors are independent.
// Owns:     its blocks (shared).
#pragma once

#include <memory>
#include <vector>

#include "common/series/querier.h"
#include "common/tsdb/block_selection.h"

namespace epi::tsdb {

// REQUIRES: at least one part, each with a chunk; all have the same labels.
std::unique_ptr<series::Series> MakeBlockSeries(std::vector<SelectedSeries> parts);

// What MakeBlockSeries() was given. REQUIRES: a series that it made.
const std::vector<SelectedSeries>& PartsOf(const series::Series& series);

}  // namespace epi::tsdb
