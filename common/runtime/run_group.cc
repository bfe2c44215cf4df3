#include "common/runtime/run_group.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>

#include "common/base/mutex.h"
#include "common/base/str_cat.h"
#include "common/runtime/thread.h"

namespace epi::runtime {
namespace {

using SteadyClock = std::chrono::steady_clock;

void ExitStuck(const std::string& actor) {
  std::fprintf(stderr, "%s did not stop within its grace period: leaving\n", actor.c_str());
  std::_Exit(1);
}

// Who has returned, and what the first said.
class Returns {
 public:
  explicit Returns(size_t actors) : returned_(actors, false) {}

  void Set(size_t actor, Status status) {
    MutexLock lock(&mutex_);
    returned_[actor] = true;
    if (!first_.has_value()) first_ = std::move(status);
    changed_.NotifyAll();
  }
  Status WaitFirst() {
    MutexLock lock(&mutex_);
    while (!first_.has_value()) changed_.Wait(&mutex_);
    return *first_;
  }
  bool WaitFor(size_t actor, SteadyClock::time_point deadline) {
    MutexLock lock(&mutex_);
    while (!returned_[actor]) {
      if (!changed_.WaitUntil(&mutex_, deadline)) return returned_[actor];
    }
    return true;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::vector<bool> returned_ GUARDED_BY(mutex_);
  std::optional<Status> first_ GUARDED_BY(mutex_);
};

}  // namespace

RunGroup::RunGroup(std::function<void(const std::string& actor)> on_stuck)
    : on_stuck_(on_stuck ? std::move(on_stuck) : &ExitStuck) {}

void RunGroup::Add(Actor actor) { actors_.push_back(std::move(actor)); }

Status RunGroup::Run() {
  if (actors_.empty()) return OkStatus();
  Returns returns(actors_.size());
  std::vector<std::unique_ptr<Thread>> threads;
  for (size_t i = 0; i < actors_.size(); ++i) {
    threads.push_back(std::make_unique<Thread>(actors_[i].name, [this, i, &returns] {
      Status status = actors_[i].run();
      returns.Set(i, status.ok() ? std::move(status) : status.WithContext(actors_[i].name));
    }));
  }
  Status first = returns.WaitFirst();
  for (size_t i = actors_.size(); i-- > 0;) {
    actors_[i].interrupt();
    if (!returns.WaitFor(i, SteadyClock::now() + actors_[i].grace)) on_stuck_(actors_[i].name);
  }
  return first;
}

}  // namespace epi::runtime
