#include "common/runtime/loop.h"

#include <signal.h>
#include <uv.h>

#include <atomic>
#include <thread>
#include <vector>

#include "common/base/check.h"
#include "common/base/mutex.h"
#include "common/runtime/thread.h"

namespace epi::runtime {

struct Loop::Impl {
  uv_loop_t uv;
  uv_async_t wake;
  std::atomic<std::thread::id> thread_id{};

  Mutex mutex;
  std::vector<std::function<void()>> tasks GUARDED_BY(mutex);
  bool stopping GUARDED_BY(mutex) = false;

  std::unique_ptr<Thread> thread;

  void RunTasks() {
    std::vector<std::function<void()>> batch;
    {
      MutexLock lock(&mutex);
      batch.swap(tasks);
    }
    for (auto& task : batch) {
      task();
      task = nullptr;  // Captures end before the next task runs.
    }
  }
  // Tasks may post further tasks while the loop winds down, so run until none is left.
  void Drain() {
    for (;;) {
      {
        MutexLock lock(&mutex);
        if (tasks.empty()) return;
      }
      RunTasks();
    }
  }
  void Main() {
    // A peer that closed its socket is an error of the write, not of the process.
    sigset_t broken_pipe;
    sigemptyset(&broken_pipe);
    sigaddset(&broken_pipe, SIGPIPE);
    CHECK(pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr) == 0);
    thread_id.store(std::this_thread::get_id(), std::memory_order_release);
    uv_run(&uv, UV_RUN_DEFAULT);
    Drain();
    // Handles that were told to close still need their close callbacks. One that nobody closed is its owner's leak.
    uv_walk(&uv, [](uv_handle_t* handle, void*) { if (uv_is_closing(handle) == 0) uv_close(handle, nullptr); }, nullptr);
    uv_run(&uv, UV_RUN_DEFAULT);
    Drain();
    CHECK(uv_loop_close(&uv) == 0);
  }
};

Loop::Loop(const char* thread_name) : impl_(std::make_unique<Impl>()) {
  CHECK(uv_loop_init(&impl_->uv) == 0);
  impl_->wake.data = impl_.get();
  CHECK(uv_async_init(&impl_->uv, &impl_->wake, [](uv_async_t* wake) {
          auto* impl = static_cast<Impl*>(wake->data);
          impl->RunTasks();
          MutexLock lock(&impl->mutex);
          if (impl->stopping) uv_stop(&impl->uv);
        }) == 0);
  impl_->thread = std::make_unique<Thread>(thread_name, [impl = impl_.get()] { impl->Main(); });
}

Loop::~Loop() {
  CHECK(!IsLoopThread());
  {
    MutexLock lock(&impl_->mutex);
    impl_->stopping = true;
    uv_async_send(&impl_->wake);
  }
  impl_->thread->Join();
}

void Loop::Post(std::function<void()> task) {
  MutexLock lock(&impl_->mutex);
  if (impl_->stopping && !IsLoopThread()) return;
  const bool first = impl_->tasks.empty();
  impl_->tasks.push_back(std::move(task));
  if (first && !impl_->stopping) uv_async_send(&impl_->wake);
}

void Loop::RunSync(const std::function<void()>& task) {
  if (IsLoopThread()) {
    task();
    return;
  }
  Mutex mutex;
  CondVar changed;
  bool done = false;
  Post([&] {
    task();
    MutexLock lock(&mutex);
    done = true;
    changed.NotifyAll();
  });
  MutexLock lock(&mutex);
  while (!done) changed.Wait(&mutex);
}

bool Loop::IsLoopThread() const {
  return impl_->thread_id.load(std::memory_order_acquire) == std::this_thread::get_id();
}

uv_loop_s* Loop::uv() {
  DCHECK(IsLoopThread());
  return &impl_->uv;
}

struct Timer::Impl {
  uv_timer_t uv;
  std::function<void()> callback;

  void Arm(std::chrono::milliseconds delay, std::chrono::milliseconds period, std::function<void()> fn) {
    callback = std::move(fn);
    // uv counts from the start of this loop turn; a task that ran long must not shorten the delay.
    uv_update_time(uv.loop);
    uv_timer_start(&uv, &Impl::Fire, static_cast<uint64_t>(delay.count()), static_cast<uint64_t>(period.count()));
  }
  // The callback may start, stop or destroy the timer: run a copy.
  static void Fire(uv_timer_t* handle) {
    const std::function<void()> callback = static_cast<Impl*>(handle->data)->callback;
    callback();
  }
};

Timer::Timer(Loop* loop) : impl_(new Impl) {
  CHECK(uv_timer_init(loop->uv(), &impl_->uv) == 0);
  impl_->uv.data = impl_;
}

Timer::~Timer() {
  impl_->callback = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(&impl_->uv), [](uv_handle_t* handle) { delete static_cast<Impl*>(handle->data); });
}

void Timer::Start(std::chrono::milliseconds delay, std::function<void()> callback) {
  impl_->Arm(delay, std::chrono::milliseconds(0), std::move(callback));
}

void Timer::StartRepeating(std::chrono::milliseconds period, std::function<void()> callback) {
  impl_->Arm(period, period, std::move(callback));
}

void Timer::Stop() {
  uv_timer_stop(&impl_->uv);
  impl_->callback = nullptr;
}

bool Timer::active() const { return uv_is_active(reinterpret_cast<const uv_handle_t*>(&impl_->uv)) != 0; }

}  // namespace epi::runtime
