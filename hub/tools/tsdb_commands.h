// epimetheus-hub tools tsdb …: looks into TSDB directories and single blocks, read-only.
//
//   verify DIR…    checks every byte of every block; fails when a problem was found
//   dump DIR…      every sample as text; --format=openmetrics, --match, --min-time, --max-time
//   ls DIR…        a table of the blocks
//   analyze DIR…   cardinality and churn; --limit
//
// DIR is a TSDB directory or the folder of one block. Results go to stdout; progress to stderr when that is a terminal.
#pragma once

#include "common/process/process.h"

namespace epi::hub {

// Adds the command "tsdb" and its commands below `tools`.
void AddTsdbCommands(config::Command* tools, process::CommandRuns* runs);

}  // namespace epi::hub
