// WorkerPool: the threads of one query. Runs a numbered list of tasks, and waits for all of them.
//
// Contract: the caller works too, as worker 0. Threads start with the first Run() that wants them and end with the pool.
//           The first failed task (by number) decides the result; tasks that have not started by then are left out.
// Threads:  Run() from one thread at a time, never from a task.
#pragma once

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

#include "common/base/mutex.h"
#include "common/base/status.h"

namespace epi::promql {

class WorkerPool {
 public:
  using Task = std::function<Status(size_t task, size_t worker)>;

  explicit WorkerPool(size_t workers) : workers_(workers == 0 ? 1 : workers) {}
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  size_t workers() const { return workers_; }
  // Runs task(0) … task(count - 1); on the calling thread alone when `parallel` is false.
  Status Run(size_t count, bool parallel, const Task& task);

 private:
  struct Job;
  void StartThreads();
  void ThreadMain(size_t worker);
  static void Work(Job* job, size_t worker);

  const size_t workers_;
  std::vector<std::thread> threads_;  // Only touched by the thread that calls Run().
  Mutex mutex_;
  CondVar changed_;
  Job* job_ GUARDED_BY(mutex_) = nullptr;
  uint64_t job_number_ GUARDED_BY(mutex_) = 0;
  size_t busy_ GUARDED_BY(mutex_) = 0;
  bool stopping_ GUARDED_BY(mutex_) = false;
};

}  // namespace epi::promql
