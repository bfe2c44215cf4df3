// Everything a block holds as text: what tsdb_truth_test.py compares with the truth that real peers wrote about it.
#pragma once

#include "common/base/status.h"
#include "common/tsdb/block.h"

namespace epi {

// Per series, in index order, deletions or not:
//
//   series <id> <labels as a JSON object>
//   chunk <mint> <maxt> <segment:offset> <encoding> <samples> <bytes of data>
//   slot <name> <encoding>                                 only in an aggregate chunk, per slot that is there
//   <samples, as tests/unit/tsdb/chunk_text.h writes them>
Status PrintBlock(const tsdb::Block& block);

}  // namespace epi
