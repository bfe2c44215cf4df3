// Several cursors over the same series as one, by time; of samples with equal times the one of the earlier cursor stays.
//
// Owns: the cursors.
#pragma once

#include <memory>
#include <vector>

#include "common/series/querier.h"

namespace epi::tsdb {

std::unique_ptr<series::SampleCursor> MakeMergedCursor(std::vector<std::unique_ptr<series::SampleCursor>> cursors);

}  // namespace epi::tsdb
