#include "agent/sidecar/signal_reload.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <filesystem>

#include "common/base/errno_status.h"
#include "common/base/str_cat.h"

namespace epi::agent {

std::vector<pid_t> FindProcesses(const std::string& executable_name) {
  namespace fs = std::filesystem;
  std::vector<pid_t> pids;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename().string();
    pid_t pid = 0;
    const auto [end, bad] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (bad != std::errc() || end != name.data() + name.size() || pid == getpid()) continue;
    // A process that ended meanwhile, or is not ours to look at, has no readable link.
    const fs::path executable = fs::read_symlink(entry.path() / "exe", error);
    if (!error && executable.filename() == executable_name) pids.push_back(pid);
  }
  return pids;
}

Status SendReloadSignal(const std::string& executable_name) {
  const std::vector<pid_t> pids = FindProcesses(executable_name);
  if (pids.empty()) return NotFoundError(StrCat("no process runs an executable named ", executable_name));
  for (const pid_t pid : pids) {
    if (kill(pid, SIGHUP) != 0) return ErrnoError(errno, StrCat("send SIGHUP to process ", pid));
  }
  return OkStatus();
}

}  // namespace epi::agent
