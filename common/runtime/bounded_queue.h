// A bounded queue between threads: a full queue holds the producer back, an empty one the consumer.
//
// Contract: Close() ends it: Push() fails, Pop() hands out what is left and then nothing.
// Threads:  all methods are safe from any thread.
// Errors:   Push() and Pop() return the context's error; FailedPrecondition from Push() after Close().
#pragma once

#include <deque>
#include <optional>
#include <utility>

#include "common/runtime/context_wait.h"

namespace epi::runtime {

template <typename T>
class BoundedQueue {
 public:
  explicit BoundedQueue(size_t items_max) : items_max_(items_max) {}

  Status Push(const Context& ctx, T item) {
    ContextWaiter waiter(ctx, &mutex_, &changed_);
    MutexLock lock(&mutex_);
    while (!closed_ && items_.size() >= items_max_) RETURN_IF_ERROR(waiter.Wait());
    if (closed_) return FailedPreconditionError("queue is closed");
    items_.push_back(std::move(item));
    changed_.NotifyAll();
    return OkStatus();
  }
  // False when full or closed; `item` is untouched then.
  bool TryPush(T& item) {
    MutexLock lock(&mutex_);
    if (closed_ || items_.size() >= items_max_) return false;
    items_.push_back(std::move(item));
    changed_.NotifyAll();
    return true;
  }
  // Nothing once the queue is closed and empty.
  Result<std::optional<T>> Pop(const Context& ctx) {
    ContextWaiter waiter(ctx, &mutex_, &changed_);
    MutexLock lock(&mutex_);
    while (items_.empty() && !closed_) RETURN_IF_ERROR(waiter.Wait());
    std::optional<T> item;
    if (!items_.empty()) {
      item.emplace(std::move(items_.front()));
      items_.pop_front();
      changed_.NotifyAll();
    }
    return item;
  }
  void Close() {
    MutexLock lock(&mutex_);
    closed_ = true;
    changed_.NotifyAll();
  }
  size_t size() const {
    MutexLock lock(&mutex_);
    return items_.size();
  }

 private:
  const size_t items_max_;
  mutable Mutex mutex_;
  CondVar changed_;
  std::deque<T> items_ GUARDED_BY(mutex_);
  bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace epi::runtime
