#include "common/promql/operators/worker_pool.h"

#include <limits>

namespace epi::promql {

struct WorkerPool::Job {
  const Task* task = nullptr;
  size_t count = 0;
  std::atomic<size_t> next{0};
  std::atomic<bool> failed{false};
  Mutex mutex;
  size_t failed_task GUARDED_BY(mutex) = std::numeric_limits<size_t>::max();
  Status status GUARDED_BY(mutex);
};

WorkerPool::~WorkerPool() {
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  for (std::thread& thread : threads_) thread.join();
}

Status WorkerPool::Run(size_t count, bool parallel, const Task& task) {
  if (!parallel || workers_ == 1 || count < 2) {
    for (size_t i = 0; i < count; ++i) RETURN_IF_ERROR(task(i, 0));
    return OkStatus();
  }
  StartThreads();
  Job job;
  job.task = &task;
  job.count = count;
  {
    MutexLock lock(&mutex_);
    job_ = &job;
    ++job_number_;
    busy_ = threads_.size();
    changed_.NotifyAll();
  }
  Work(&job, 0);
  {
    MutexLock lock(&mutex_);
    while (busy_ > 0) changed_.Wait(&mutex_);
    job_ = nullptr;
  }
  MutexLock lock(&job.mutex);
  return std::move(job.status);
}

void WorkerPool::StartThreads() {
  if (!threads_.empty()) return;
  threads_.reserve(workers_ - 1);
  for (size_t worker = 1; worker < workers_; ++worker) {
    threads_.emplace_back([this, worker] { ThreadMain(worker); });
  }
}

void WorkerPool::ThreadMain(size_t worker) {
  uint64_t seen = 0;
  while (true) {
    Job* job = nullptr;
    {
      MutexLock lock(&mutex_);
      while (!stopping_ && (job_ == nullptr || job_number_ == seen)) changed_.Wait(&mutex_);
      if (stopping_) return;
      seen = job_number_;
      job = job_;
    }
    Work(job, worker);
    MutexLock lock(&mutex_);
    if (--busy_ == 0) changed_.NotifyAll();
  }
}

void WorkerPool::Work(Job* job, size_t worker) {
  while (!job->failed.load(std::memory_order_relaxed)) {
    const size_t task = job->next.fetch_add(1, std::memory_order_relaxed);
    if (task >= job->count) return;
    Status status = (*job->task)(task, worker);
    if (status.ok()) continue;
    MutexLock lock(&job->mutex);
    if (task < job->failed_task) {
      job->failed_task = task;
      job->status = std::move(status);
    }
    job->failed.store(true, std::memory_order_relaxed);
  }
}

}  // namespace epi::promql
