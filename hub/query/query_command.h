// `epimetheus-hub query`: flags and wiring.
#pragma once

#include "common/config/flags.h"
#include "common/process/process.h"

namespace epi::hub {

void AddQueryCommand(config::Command* root, process::CommandRuns* runs);

}  // namespace epi::hub
