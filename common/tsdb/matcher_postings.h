// Matchers → the ids of the series they all accept.
//
// 1. A matcher that refuses the empty value needs the label: the union of the lists of its matching values is intersected.
// 2. A matcher that accepts the empty value also accepts series without the label: the lists of the values it refuses are
//    subtracted. So {a="x", b!="y"} is list(a,x) − list(b,y), and no list of all series is read unless nothing is intersected.
// 3. Values are found, not scanned, for equality and alternations of literals; only the range of a regex's literal prefix is
//    scanned; .* is never looked at.
//
// Errors: DataLoss from the index; Cancelled or DeadlineExceeded while scanning values; ResourceExhausted from the account.
#pragma once

#include <memory>
#include <span>

#include "common/base/context.h"
#include "common/base/status.h"
#include "common/labels/matcher.h"
#include "common/tsdb/index_reader.h"
#include "common/tsdb/postings.h"

namespace epi::tsdb {

struct MatchedPostings {
  std::unique_ptr<Postings> ids;
  MemoryCharge charge;  // What `ids` holds on the heap.
};

// The index must outlive the answer. Without matchers: all series.
Result<MatchedPostings> MatchPostings(const Context& ctx, const IndexReader& index,
                                      std::span<const labels::Matcher> matchers);

}  // namespace epi::tsdb
