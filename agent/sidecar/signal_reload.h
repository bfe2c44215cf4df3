// Reloading Prometheus by SIGHUP, for servers without --web.enable-lifecycle.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "common/base/status.h"

namespace epi::agent {

// Processes whose executable has this name; never this one.
std::vector<pid_t> FindProcesses(const std::string& executable_name);

// Errors: NotFound when no such process runs; PermissionDenied when the signal may not be sent.
Status SendReloadSignal(const std::string& executable_name);

}  // namespace epi::agent
