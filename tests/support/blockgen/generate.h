// Writes artificial blocks: a fleet's samples over some hours, as a Prometheus (and the sidecar beside it) would have left them.
//
// Contract: the same options give the same bytes, ULIDs included. Blocks are [start + i * block, start + (i + 1) * block).
// Threads:  one.
// Errors:   InvalidArgument for options that do not fit together; else those of BlockWriter.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/base/context.h"
#include "common/base/status.h"
#include "common/tsdb/block_meta.h"
#include "tests/support/blockgen/fleet.h"

namespace epi::blockgen {

struct GenerateOptions {
  std::string directory;  // Created when missing.
  FleetOptions fleet;
  int64_t start_ms = 1'741'824'000'000;  // 2025-03-13T00:00:00Z, a multiple of 14 days.
  int64_t duration_ms = 7'200'000;
  int64_t block_ms = 7'200'000;
  uint64_t seed = 1;
  // One block per replica, told apart by an external label, instead of a label on every series.
  bool replica_blocks = false;
  // A Thanos section with these labels; none when empty and without replica_blocks.
  std::map<std::string, std::string> external_labels;
};

struct GeneratedBlock {
  tsdb::BlockMeta meta;
  std::string path;
  uint64_t chunk_bytes = 0;
  uint64_t index_bytes = 0;
};

Result<std::vector<GeneratedBlock>> Generate(const Context& ctx, const GenerateOptions& options);

}  // namespace epi::blockgen
