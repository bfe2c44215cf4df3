// epimetheus-hub tools …: commands for a person at a terminal.
#pragma once

#include "common/process/process.h"

namespace epi::hub {

void AddToolsCommand(config::Command* root, process::CommandRuns* runs);

}  // namespace epi::hub
