// epimetheus-agent: what runs beside a Prometheus.

#include "agent/sidecar/sidecar_command.h"
#include "common/process/process.h"

int main(int argc, char** argv) {
  return epi::process::Main(argc, argv, "epimetheus-agent", "Runs beside Prometheus and serves its data to a hub.",
                            epi::agent::AddSidecarCommand);
}
