// The parts of a process that live and die together: when the first returns, all others are asked to stop.
//
// 1. Run() starts every actor on a thread of its own, in the order they were added.
// 2. It waits until one returns, whatever it returns.
// 3. It calls every Interrupt in reverse order, and each waits for its actor at most its grace period, so that what was
//    added first (storage, metrics) still serves what was added last (the listeners) while it stops.
// 4. It returns the status of the actor that returned first.
//
// Contract: Interrupt must make Run return soon, and may be called before Run, after it, and while it runs. An actor that
//           outlives its grace is named to `on_stuck`, which must end the process; the default prints it and does.
// Threads:  Add() and Run() from one thread. Interrupts are called on Run()'s thread.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "common/base/status.h"

namespace epi::runtime {

struct Actor {
  std::string name;  // also the thread's name; ends up in errors
  std::function<Status()> run;
  std::function<void()> interrupt;
  std::chrono::milliseconds grace = std::chrono::seconds(10);
};

class RunGroup {
 public:
  // The default `on_stuck` writes one line to stderr and leaves with exit code 1 without running destructors.
  explicit RunGroup(std::function<void(const std::string& actor)> on_stuck = nullptr);

  void Add(Actor actor);
  // Runs once. With no actor returns OK at once.
  Status Run();

 private:
  const std::function<void(const std::string& actor)> on_stuck_;
  std::vector<Actor> actors_;
};

}  // namespace epi::runtime
