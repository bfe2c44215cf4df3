// Label names and values of one index, of all series or of those that matchers select.
#pragma once

#include <set>
#include <span>
#include <string>

#include "common/base/context.h"
#include "common/base/status.h"
#include "common/labels/matcher.h"
#include "common/tsdb/index_reader.h"

namespace epi::tsdb {

// Adds to *names. Errors: DataLoss, Cancelled, DeadlineExceeded, ResourceExhausted.
Status CollectLabelNames(const Context& ctx, const IndexReader& index, std::span<const labels::Matcher> matchers,
                         std::set<std::string>* names);
// Adds the values of `name` to *values. Errors: as above.
Status CollectLabelValues(const Context& ctx, const IndexReader& index, const std::string& name,
                          std::span<const labels::Matcher> matchers, std::set<std::string>* values);

}  // namespace epi::tsdb
