// Several series sets as one, in label order: what a block reader does with its blocks and a querier with its sources.
//
// Contract: series with equal labels become one series. Its samples are those of all parts in time order; where several
//           parts have a sample at one time, the part of the earlier set wins. A histogram that follows one of another part
//           has an unknown counter reset hint, unless it is a gauge.
// Threads:  as SeriesSet.
// Owns:     the sets. Batches are views into those of the parts wherever the parts do not interleave.
#pragma once

#include <memory>
#include <vector>

#include "common/series/querier.h"

namespace epi::series {

std::unique_ptr<SeriesSet> MergeSeriesSets(std::vector<std::unique_ptr<SeriesSet>> sets);

// One cursor over the samples of several. REQUIRES: at least one.
std::unique_ptr<SampleCursor> MergeCursors(std::vector<std::unique_ptr<SampleCursor>> cursors);

}  // namespace epi::series
