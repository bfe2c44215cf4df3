// Waits until something happens to watched files and directories (inotify).
//
// What is watched is given as paths; a file is watched by itself, for the sake of a file mounted alone into a container, and by
// its directory, for editors and ConfigMaps that put another file into its place. Paths that do not exist are skipped: the
// caller polls as well.
//
// Contract: Wait() returns kChanged for events since the last Wait(), kTimeout, or kStopped once the context ended.
//           Events say that something changed and not what: the caller looks.
// Threads:  one thread at a time.
// Errors:   the system's, naming the call.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "common/base/context.h"
#include "common/base/status.h"
#include "common/base/unique_fd.h"

namespace epi::runtime {

class FileWatch {
 public:
  static Result<FileWatch> Open();

  // Watches these paths and no others; again for a path whose file was replaced. Returns how many watches there are.
  size_t Watch(const std::vector<std::string>& paths);

  enum class Outcome : uint8_t { kChanged, kTimeout, kStopped };
  Result<Outcome> Wait(const Context& ctx, std::chrono::milliseconds timeout);

 private:
  FileWatch(UniqueFd inotify, UniqueFd stop) : inotify_(std::move(inotify)), stop_(std::move(stop)) {}
  // Reads and forgets pending events; true when there were any.
  bool Drain();

  UniqueFd inotify_;
  UniqueFd stop_;
  std::vector<int> watches_;
};

}  // namespace epi::runtime
