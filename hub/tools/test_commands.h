// epimetheus-hub tools test …: runs tests that are written as text.
//
//   rules FILE…     unit tests of rules, promtool's files; output and exit code are promtool's
//   promql PATH…    PromQL test scripts (*.test), as Prometheus' own
#pragma once

#include "common/process/process.h"

namespace epi::hub {

// Adds the command "test" and its commands below `tools`.
void AddTestCommands(config::Command* tools, process::CommandRuns* runs);

}  // namespace epi::hub
