#include "hub/tools/tools_command.h"

#include "hub/tools/test_commands.h"
#include "hub/tools/tsdb_commands.h"

namespace epi::hub {

void AddToolsCommand(config::Command* root, process::CommandRuns* runs) {
  config::Command* tools = root->AddCommand("tools", "Tools for blocks, rules and expressions.");
  AddTestCommands(tools, runs);
  AddTsdbCommands(tools, runs);
}

}  // namespace epi::hub
