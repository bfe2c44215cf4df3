#include "common/runtime/thread_pool.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <list>
#include <thread>
#include <utility>

#include "common/base/mutex.h"
#include "common/base/str_cat.h"

namespace epi::runtime {

struct ThreadPool::Impl {
  explicit Impl(ThreadPoolOptions o) : options(std::move(o)) {}

  using Threads = std::list<std::unique_ptr<Thread>>;

  const ThreadPoolOptions options;
  mutable Mutex mutex;
  CondVar work_or_stop;
  CondVar idle_left;
  std::deque<std::function<void()>> queue GUARDED_BY(mutex);
  Threads threads GUARDED_BY(mutex);
  Threads finished GUARDED_BY(mutex);  // returned, not joined yet
  size_t idle GUARDED_BY(mutex) = 0;
  // A thread was called and has not come yet. It calls the next one itself when there is work for two, so that a burst of short
  // tasks does not wake a thread each.
  bool calling GUARDED_BY(mutex) = false;
  bool stopping GUARDED_BY(mutex) = false;

  // True when a task is there. False when this thread must return: it is off the list then, so that Submit() does not
  // count on it.
  bool Next(Threads::iterator self, std::function<void()>* task) {
    bool call = false;
    {
      MutexLock lock(&mutex);
      const auto leave_at = std::chrono::steady_clock::now() + options.idle_exit;
      while (queue.empty()) {
        if (stopping) return Leave(self);
        ++idle;
        const bool woken = work_or_stop.WaitUntil(&mutex, leave_at);
        --idle;
        calling = false;
        if (!woken && queue.empty() && !stopping) return Leave(self);
      }
      *task = std::move(queue.front());
      queue.pop_front();
      call = !queue.empty() && MustCall();
    }
    if (call) work_or_stop.NotifyOne();
    return true;
  }
  // True when the caller has to wake a thread, once the lock is free.
  bool MustCall() EXCLUSIVE_LOCKS_REQUIRED(mutex) { return idle > 0 && !std::exchange(calling, true); }
  void Work(Threads::iterator self) {
    std::function<void()> task;
    while (Next(self, &task)) {
      task();
      task = nullptr;
    }
  }
  bool Leave(Threads::iterator self) EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    finished.splice(finished.end(), threads, self);
    if (threads.empty()) idle_left.NotifyAll();
    return false;
  }
  void StartThread() EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    threads.emplace_back();
    const auto self = std::prev(threads.end());
    *self = std::make_unique<Thread>(options.name, [this, self] { Work(self); }, options.stack_bytes);
  }
};

ThreadPool::ThreadPool(ThreadPoolOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {
  CHECK(impl_->options.threads_max > 0);
}

ThreadPool::~ThreadPool() {
  Impl::Threads joinable;  // joined after the lock is free again: the last thread still has to leave it
  MutexLock lock(&impl_->mutex);
  impl_->stopping = true;
  impl_->work_or_stop.NotifyAll();
  while (!impl_->threads.empty()) impl_->idle_left.Wait(&impl_->mutex);
  joinable.swap(impl_->finished);
}

Status ThreadPool::Submit(std::function<void()> task) {
  Impl::Threads joinable;
  bool call = false;
  {
    MutexLock lock(&impl_->mutex);
    if (impl_->stopping) return CancelledError(StrCat("thread pool ", impl_->options.name, " is stopping"));
    if (impl_->queue.size() >= impl_->options.queue_max) {
      return ResourceExhaustedError(
          StrCat("thread pool ", impl_->options.name, " is full: ", impl_->options.queue_max, " tasks wait"));
    }
    impl_->queue.push_back(std::move(task));
    if (impl_->idle >= impl_->queue.size() || impl_->threads.size() == impl_->options.threads_max) {
      call = impl_->MustCall();
    } else {
      impl_->StartThread();
    }
    joinable.swap(impl_->finished);
  }
  if (call) impl_->work_or_stop.NotifyOne();
  return OkStatus();
}

const std::string& ThreadPool::name() const { return impl_->options.name; }
size_t ThreadPool::threads_max() const { return impl_->options.threads_max; }
size_t ThreadPool::queued() const {
  MutexLock lock(&impl_->mutex);
  return impl_->queue.size();
}
size_t ThreadPool::busy() const {
  MutexLock lock(&impl_->mutex);
  return impl_->threads.size() - impl_->idle;
}

ThreadPoolOptions CpuPoolOptions() {
  ThreadPoolOptions options;
  options.name = "cpu";
  options.threads_max = std::max(1U, std::thread::hardware_concurrency());
  options.queue_max = 4096;
  return options;
}

ThreadPoolOptions IoPoolOptions() {
  ThreadPoolOptions options;
  options.name = "io";
  options.threads_max = 8;
  options.queue_max = 4096;
  return options;
}

}  // namespace epi::runtime
