#include "common/runtime/signals.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "common/base/check.h"

namespace epi::runtime {
namespace {

sigset_t OurSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  return set;
}

}  // namespace

void BlockSignals() {
  const sigset_t set = OurSignals();
  CHECK(pthread_sigmask(SIG_BLOCK, &set, nullptr) == 0);
  std::signal(SIGPIPE, SIG_IGN);
}

Signals::Signals(std::function<void()> on_hangup)
    : on_hangup_(std::move(on_hangup)),
      signal_fd_([] {
        const sigset_t set = OurSignals();
        return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
      }()),
      interrupt_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  CHECK(signal_fd_ >= 0 && interrupt_fd_ >= 0);
}

Signals::~Signals() {
  close(signal_fd_);
  close(interrupt_fd_);
}

Status Signals::Run() {
  for (;;) {
    pollfd fds[] = {{signal_fd_, POLLIN, 0}, {interrupt_fd_, POLLIN, 0}};
    if (poll(fds, 2, -1) < 0) {
      CHECK(errno == EINTR);
      continue;
    }
    if (fds[1].revents != 0) return OkStatus();
    signalfd_siginfo info;
    if (read(signal_fd_, &info, sizeof(info)) != sizeof(info)) continue;
    if (info.ssi_signo == SIGHUP) {
      if (on_hangup_) on_hangup_();
      continue;
    }
    received_ = static_cast<int>(info.ssi_signo);
    return OkStatus();
  }
}

void Signals::Interrupt() { eventfd_write(interrupt_fd_, 1); }

}  // namespace epi::runtime
