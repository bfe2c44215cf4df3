// `epimetheus-hub promql EXPR --blocks DIR`: evaluates an expression over block folders on this machine.
//
// Contract: the answer goes to stdout; warnings and infos go to stderr, one a line. An expression that cannot be evaluated is an
//           error with Prometheus' own text.
#pragma once

#include "common/config/flags.h"
#include "common/process/process.h"

namespace epi::hub {

void AddPromqlCommand(config::Command* root, process::CommandRuns* runs);

}  // namespace epi::hub
