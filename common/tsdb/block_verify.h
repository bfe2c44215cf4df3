// Checks a whole block: every checksum, every order, every count.
//
// 1. meta.json parses; index, chunks and tombstones open.
// 2. The series section is walked entry by entry: labels in order, series in order, chunks in time order, without overlap,
//    within the block's time range, references rising.
// 3. In step with that walk goes one over the segments (chunk_verify.h): each chunk is checksummed, and each chunk of each series
//    starts where a chunk of its segment starts. With decode_samples each is decoded too, aggregates slot by slot: times
//    increase, first and last are those of the index.
// 4. Postings: each list checksummed, ids increasing; the list of all series is exactly the series section; all other lists
//    together name each series once per label. The last is compared as two sums over hash(name, value, series), which needs no
//    memory.
// 5. meta.json agrees with the block (meta_verify.h); tombstones name series that exist.
//
// Contract: memory does not grow with the block, apart from the index reader's sampled tables; pages that were read are given back.
// Errors:   problems of the block are in the answer. The status is of the check itself: Cancelled, DeadlineExceeded.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/base/context.h"
#include "common/base/status.h"
#include "common/tsdb/block_meta.h"

namespace epi::tsdb {

struct BlockVerifyOptions {
  bool decode_samples = true;
  // Called now and then with the part done, 0 to 1.
  std::function<void(double)> progress;
};

struct BlockVerification {
  // More are counted, not kept.
  static constexpr size_t kProblemsKept = 100;

  BlockMeta meta;
  BlockStats stats;  // As found.
  std::vector<std::string> problems;
  uint64_t problem_count = 0;

  bool ok() const { return problem_count == 0; }
  void AddProblem(std::string problem);
  // OK, or DataLoss with the first problem and how many there are.
  Status ToStatus() const;
};

Result<BlockVerification> VerifyBlock(const Context& ctx, const std::string& directory,
                                      const BlockVerifyOptions& options = {});

}  // namespace epi::tsdb
