// The part of a block's check that needs the index alone; see block_verify.h.
#pragma once

#include <functional>
#include <vector>

#include "common/base/context.h"
#include "common/labels/labels.h"
#include "common/tsdb/block_verify.h"
#include "common/tsdb/index_reader.h"

namespace epi::tsdb {

// Walks the series section and the postings and adds problems to *out. `each_series` sees every series that could be read.
// Errors: Cancelled, DeadlineExceeded.
Status VerifyIndex(const Context& ctx, const IndexReader& index,
                   const std::function<void(SeriesId, const labels::Labels&, const SeriesEntry&)>& each_series,
                   BlockVerification* out);

}  // namespace epi::tsdb
