// epimetheus-hub: what sits behind Grafana.

#include "common/process/process.h"
#include "hub/promql/promql_command.h"
#include "hub/query/query_command.h"
#include "hub/tools/tools_command.h"

int main(int argc, char** argv) {
  return epi::process::Main(argc, argv, "epimetheus-hub", "One view over every Prometheus.",
                            [](epi::config::Command* root, epi::process::CommandRuns* runs) {
                              epi::hub::AddQueryCommand(root, runs);
                              epi::hub::AddPromqlCommand(root, runs);
                              epi::hub::AddToolsCommand(root, runs);
                            });
}
