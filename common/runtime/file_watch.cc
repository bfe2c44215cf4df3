#include "common/runtime/file_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>

#include "common/base/errno_status.h"
#include "common/base/file.h"

namespace epi::runtime {
namespace {

// Closing after a write, not every write: a file is looked at when its writer is done.
constexpr uint32_t kEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_DELETE_SELF |
                             IN_MOVE_SELF | IN_ATTRIB;

}  // namespace

Result<FileWatch> FileWatch::Open() {
  UniqueFd inotify(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!inotify.valid()) return ErrnoError(errno, "inotify_init1");
  UniqueFd stop(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!stop.valid()) return ErrnoError(errno, "eventfd");
  return FileWatch(std::move(inotify), std::move(stop));
}

size_t FileWatch::Watch(const std::vector<std::string>& paths) {
  std::set<std::string> wanted;
  for (const std::string& path : paths) {
    wanted.insert(path);
    wanted.insert(ParentDirectory(path));
  }
  std::vector<int> watches;
  for (const std::string& path : wanted) {
    const int watch = inotify_add_watch(inotify_.get(), path.c_str(), kEvents);
    if (watch >= 0) watches.push_back(watch);
  }
  std::sort(watches.begin(), watches.end());
  watches.erase(std::unique(watches.begin(), watches.end()), watches.end());
  for (const int old : watches_) {
    if (!std::binary_search(watches.begin(), watches.end(), old)) inotify_rm_watch(inotify_.get(), old);
  }
  watches_ = std::move(watches);
  return watches_.size();
}

bool FileWatch::Drain() {
  std::array<char, 4096> buffer;
  bool any = false;
  while (read(inotify_.get(), buffer.data(), buffer.size()) > 0) any = true;
  return any;
}

Result<FileWatch::Outcome> FileWatch::Wait(const Context& ctx, std::chrono::milliseconds timeout) {
  const auto registration = ctx.OnCancel([fd = stop_.get()] {
    const uint64_t one = 1;
    // The counter is far from full, so that the write cannot fail.
    [[maybe_unused]] const ssize_t written = write(fd, &one, sizeof(one));
  });
  const auto end = std::chrono::steady_clock::now() + timeout;
  for (;;) {
    if (ctx.Done()) return Outcome::kStopped;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    std::array<pollfd, 2> fds = {{{inotify_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
    const int ready = poll(fds.data(), fds.size(), static_cast<int>(std::max<int64_t>(left.count(), 0)));
    if (ready < 0 && errno != EINTR) return ErrnoError(errno, "poll");
    if (ready == 0) return Outcome::kTimeout;
    if (ready > 0 && Drain()) return Outcome::kChanged;
  }
}

}  // namespace epi::runtime
