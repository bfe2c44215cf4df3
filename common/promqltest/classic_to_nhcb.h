// load_with_nhcb: native histograms with custom buckets, made from the classic series of a load.
//
// The series name_bucket{le=…}, name_count and name_sum become the series name, without le: one histogram for every time that
// any of them has a sample.
#pragma once

#include <vector>

#include "common/base/status.h"
#include "common/promqltest/script.h"

namespace epi::promqltest {

// Errors: InvalidArgument when bucket counts fall with rising bounds, or the count differs from that of le="+Inf".
Result<std::vector<LoadCommand::Series>> ClassicToNhcb(const std::vector<LoadCommand::Series>& classic);

}  // namespace epi::promqltest
