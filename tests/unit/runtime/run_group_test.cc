#include "common/runtime/run_group.h"

#include <csignal>
#include <future>
#include <memory>
#include <thread>
#include <unistd.h>

#include "common/runtime/signals.h"
#include "tests/support/catch.h"

namespace epi::runtime {
namespace {

// An actor that runs until it is interrupted, and notes when.
Actor Waiting(const std::string& name, std::vector<std::string>* interrupts) {
  auto stop = std::make_shared<std::promise<void>>();
  auto stopped = std::make_shared<std::future<void>>(stop->get_future());
  return {name,
          [stopped] {
            stopped->wait();
            return OkStatus();
          },
          [stop, interrupts, name] {
            interrupts->push_back(name);
            stop->set_value();
          }};
}

}  // namespace

TEST_CASE("the first actor to return stops all others in reverse order and gives the status") {
  std::vector<std::string> interrupts;
  RunGroup group;
  group.Add(Waiting("storage", &interrupts));
  group.Add({"listener", [] { return UnavailableError("port taken"); }, [&] { interrupts.push_back("listener"); }});
  group.Add(Waiting("uploader", &interrupts));
  CHECK(group.Run().ToString() == "Unavailable: listener: port taken");
  CHECK(interrupts == std::vector<std::string>{"uploader", "listener", "storage"});
}

TEST_CASE("an actor that outlives its grace period is named") {
  std::promise<void> release;
  std::vector<std::string> stuck;
  RunGroup group([&](const std::string& actor) {
    stuck.push_back(actor);
    release.set_value();
  });
  group.Add({"deaf",
             [&] {
               release.get_future().wait();
               return OkStatus();
             },
             [] {}, std::chrono::milliseconds(1)});
  group.Add({"brief", [] { return OkStatus(); }, [] {}});
  CHECK(group.Run().ok());
  CHECK(stuck == std::vector<std::string>{"deaf"});
}

TEST_CASE("a hangup signal calls back and a termination signal ends the wait") {
  BlockSignals();
  std::promise<void> hangup;
  Signals signals([&] { hangup.set_value(); });
  std::thread runner([&] { CHECK(signals.Run().ok()); });
  kill(getpid(), SIGHUP);
  hangup.get_future().wait();
  kill(getpid(), SIGTERM);
  runner.join();
  CHECK(signals.received() == SIGTERM);
}

TEST_CASE("an interrupt ends the wait for signals, also one that came first") {
  BlockSignals();
  Signals signals(nullptr);
  signals.Interrupt();
  CHECK(signals.Run().ok());
  CHECK(signals.received() == 0);
}

}  // namespace epi::runtime
