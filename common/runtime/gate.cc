#include "common/runtime/gate.h"

#include <algorithm>

#include "common/base/str_cat.h"
#include "common/runtime/context_wait.h"

namespace epi::runtime {

Gate::Gate(GateOptions options) : options_(std::move(options)) { CHECK(options_.running_max > 0); }

Result<Gate::Permit> Gate::Acquire(const Context& ctx) {
  const auto start = Context::Clock::now();
  const Status status = AcquirePlace(ctx);
  if (options_.on_waited) options_.on_waited(Context::Clock::now() - start);
  if (!status.ok()) return status;
  return Permit(this);
}

Status Gate::AcquirePlace(const Context& ctx) {
  RETURN_IF_ERROR(ctx.Check());
  ContextWaiter waiter(ctx, &mutex_, &changed_);
  MutexLock lock(&mutex_);
  if (running_ < options_.running_max) {
    SetRunning(running_ + 1);
    return OkStatus();
  }
  if (line_.size() >= options_.waiting_max) {
    return ResourceExhaustedError(StrCat(options_.name, " is full: ", options_.running_max, " run and ",
                                         options_.waiting_max, " wait"));
  }
  Waiter self;
  const auto place = line_.insert(line_.end(), &self);
  while (!self.admitted) {
    Status status = waiter.Wait();
    if (!status.ok() && !self.admitted) {
      line_.erase(place);
      return status.WithContext(StrCat("waiting for ", options_.name));
    }
  }
  return OkStatus();
}

// A freed place goes straight to the first in line, so that nobody overtakes.
void Gate::Release() {
  MutexLock lock(&mutex_);
  if (line_.empty()) {
    SetRunning(running_ - 1);
    return;
  }
  line_.front()->admitted = true;
  line_.pop_front();
  changed_.NotifyAll();
}

void Gate::SetRunning(size_t running) {
  running_ = running;
  if (options_.on_running) options_.on_running(running);
}

size_t Gate::running() const {
  MutexLock lock(&mutex_);
  return running_;
}

size_t Gate::waiting() const {
  MutexLock lock(&mutex_);
  return line_.size();
}

}  // namespace epi::runtime
