// The part of a block's check that needs the index alone; see block_verify.h.
#pragma once

#include <functional>
#include <vector>

#include "common/base/context.h"
#include "common/labels/labels.h"
#include "common/tsdb/block_verify.h"
#include "common/tsdb/index_reader.h"

namespace epi::tsdb {

// Sees every series that could be read, in the order of the index. An error ends the check.
using EachSeries = std::function<Status(const labels::Labels&, const SeriesEntry&)>;

// Walks the series section and the postings and adds problems to *out.
// Errors: Cancelled, DeadlineExceeded, those of `each_series`.
Status VerifyIndex(const Context& ctx, const IndexReader& index, const EachSeries& each_series, BlockVerification* out);

}  // namespace epi::tsdb
