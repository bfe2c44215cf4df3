#include "common/base/context.h"

#include <algorithm>
#include <map>
#include <thread>
#include <vector>

#include "common/base/mutex.h"

namespace epi {

// A node of the context tree. Children hold their parent; the parent knows its children only through the callbacks they
// register, so a finished child leaves nothing behind.
struct Context::State {
  std::shared_ptr<State> parent;
  std::unique_ptr<CancelRegistration> parent_registration;
  Clock::time_point deadline = Clock::time_point::max();
  MemoryAccount* memory = nullptr;

  std::atomic<bool> cancelled{false};
  Mutex mutex;
  CondVar callback_done;
  std::string reason GUARDED_BY(mutex);
  uint64_t next_id GUARDED_BY(mutex) = 1;
  uint64_t running_id GUARDED_BY(mutex) = 0;
  std::thread::id running_thread GUARDED_BY(mutex);
  std::map<uint64_t, std::function<void()>> callbacks GUARDED_BY(mutex);

  // Runs the callbacks one by one without the lock, so that they may take locks of their own.
  void Cancel(const std::string& why) {
    {
      MutexLock lock(&mutex);
      if (cancelled.load(std::memory_order_relaxed)) return;
      reason = why;
      cancelled.store(true, std::memory_order_release);
    }
    for (;;) {
      std::function<void()> callback;
      {
        MutexLock lock(&mutex);
        if (callbacks.empty()) return;
        auto first = callbacks.begin();
        running_id = first->first;
        running_thread = std::this_thread::get_id();
        callback = std::move(first->second);
        callbacks.erase(first);
      }
      callback();
      MutexLock lock(&mutex);
      running_id = 0;
      callback_done.NotifyAll();
    }
  }
};

const Context& Context::Background() {
  static const Context background(std::make_shared<State>());
  return background;
}

Context Context::WithDeadline(Clock::time_point deadline) const {
  Context child = WithCancel();
  child.state_->deadline = std::min(deadline, state_->deadline);
  return child;
}

Context Context::WithCancel() const {
  auto state = std::make_shared<State>();
  state->parent = state_;
  state->deadline = state_->deadline;
  state->memory = state_->memory;
  std::weak_ptr<State> weak = state;
  if (state_ != Background().state_) {
    state->parent_registration = OnCancel([weak] {
      if (const auto child = weak.lock()) child->Cancel("context canceled");
    });
  }
  return Context(std::move(state));
}

Context Context::WithMemory(MemoryAccount* account) const {
  Context child = WithCancel();
  child.state_->memory = account;
  return child;
}

void Context::Cancel(std::string reason) const {
  CHECK(state_ != Background().state_);
  state_->Cancel(reason);
}

Status Context::Check() const {
  if (state_->cancelled.load(std::memory_order_acquire)) {
    MutexLock lock(&state_->mutex);
    return CancelledError(state_->reason);
  }
  if (state_->deadline != Clock::time_point::max() && Clock::now() >= state_->deadline) {
    return DeadlineExceededError("context deadline exceeded");
  }
  return OkStatus();
}

Context::Clock::time_point Context::deadline() const { return state_->deadline; }

Context::Clock::duration Context::Remaining() const {
  if (!has_deadline()) return std::chrono::hours(24 * 365);
  return std::max(Clock::duration::zero(), state_->deadline - Clock::now());
}

MemoryAccount* Context::memory() const { return state_->memory; }

std::unique_ptr<Context::CancelRegistration> Context::OnCancel(std::function<void()> callback) const {
  {
    MutexLock lock(&state_->mutex);
    if (!state_->cancelled.load(std::memory_order_relaxed)) {
      const uint64_t id = state_->next_id++;
      state_->callbacks.emplace(id, std::move(callback));
      return std::unique_ptr<CancelRegistration>(new CancelRegistration(state_, id));
    }
  }
  callback();
  return std::unique_ptr<CancelRegistration>(new CancelRegistration(state_, 0));
}

Context::CancelRegistration::~CancelRegistration() {
  if (id_ == 0) return;
  MutexLock lock(&state_->mutex);
  state_->callbacks.erase(id_);
  while (state_->running_id == id_ && state_->running_thread != std::this_thread::get_id()) {
    state_->callback_done.Wait(&state_->mutex);
  }
}

}  // namespace epi
