// The selections of several blocks merged into one series::SeriesSet.
//
// Algorithm: a heap of the selections by their next series' labels; equal labels leave the heap together and become one
//            series with a part per block, in the order of the selections.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/series/querier.h"
#include "common/tsdb/block_selection.h"

namespace epi::tsdb {

// `limit`: most series that come; 0 = all.
Result<std::unique_ptr<series::SeriesSet>> MakeBlockSeriesSet(std::vector<std::unique_ptr<BlockSelection>> selections,
                                                              int64_t limit, std::vector<std::string> warnings);

}  // namespace epi::tsdb
