// SIGTERM, SIGINT and SIGHUP as ordinary events.
//
//   BlockSignals();                                   // first line of main, before any thread
//   Signals signals([] { RequestReload(); });
//   group.Add({"signals", [&] { return signals.Run(); }, [&] { signals.Interrupt(); }});
#pragma once

#include <atomic>
#include <functional>

#include "common/base/status.h"

namespace epi::runtime {

// Blocks the three signals in this thread and all it starts later, and ignores SIGPIPE.
void BlockSignals();

class Signals {
 public:
  // `on_hangup` runs on Run()'s thread for each SIGHUP; may be empty, then SIGHUP is ignored.
  explicit Signals(std::function<void()> on_hangup);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // Waits for SIGTERM or SIGINT, or for Interrupt(); returns OK. REQUIRES: BlockSignals() was called.
  Status Run();
  // Safe from any thread.
  void Interrupt();
  // The signal that ended Run(); 0 before, and when it was interrupted.
  int received() const { return received_; }

 private:
  const std::function<void()> on_hangup_;
  const int signal_fd_;
  const int interrupt_fd_;
  std::atomic<int> received_{0};
};

}  // namespace epi::runtime
