// `epimetheus-agent sidecar`: flags and wiring.
#pragma once

#include "common/config/flags.h"
#include "common/process/process.h"

namespace epi::agent {

void AddSidecarCommand(config::Command* root, process::CommandRuns* runs);

}  // namespace epi::agent
