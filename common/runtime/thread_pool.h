// A named pool of threads behind a bounded queue. Threads start when there is work for them and leave after idling.
//
// Contract: tasks start in the order they were taken. The destructor runs what is queued, then joins.
//           The CPU pool never blocks on I/O or on another task; what blocks goes to the I/O pool.
// Threads:  all methods are safe from any thread; the destructor not from a task.
// Errors:   Submit() says ResourceExhausted, naming the pool, when the queue is full: the bound is the back-pressure.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "common/base/status.h"
#include "common/runtime/thread.h"

namespace epi::runtime {

struct ThreadPoolOptions {
  std::string name;
  size_t threads_max = 1;
  size_t queue_max = 1024;
  size_t stack_bytes = kThreadStackBytes;
  std::chrono::milliseconds idle_exit = std::chrono::seconds(10);
};

class ThreadPool {
 public:
  explicit ThreadPool(ThreadPoolOptions options);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  Status Submit(std::function<void()> task);

  const std::string& name() const;
  size_t threads_max() const;
  size_t queued() const;
  // Threads that run a task now.
  size_t busy() const;

 private:
  struct Impl;
  const std::unique_ptr<Impl> impl_;
};

// One thread per core (of the affinity mask), for work that never blocks.
ThreadPoolOptions CpuPoolOptions();
// A few threads for disk and outbound HTTP.
ThreadPoolOptions IoPoolOptions();

}  // namespace epi::runtime
