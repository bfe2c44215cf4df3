// Annotated mutexes. Clang's thread-safety analysis checks GUARDED_BY; std::mutex is banned elsewhere.
//
//   Mutex mutex_;
//   int count_ GUARDED_BY(mutex_) = 0;
//   ...
//   MutexLock lock(&mutex_);
//   while (count_ == 0) changed_.Wait(&mutex_);
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define EPI_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define EPI_THREAD_ATTRIBUTE(x)
#endif

#define CAPABILITY(x) EPI_THREAD_ATTRIBUTE(capability(x))
#define SCOPED_CAPABILITY EPI_THREAD_ATTRIBUTE(scoped_lockable)
#define GUARDED_BY(x) EPI_THREAD_ATTRIBUTE(guarded_by(x))
#define PT_GUARDED_BY(x) EPI_THREAD_ATTRIBUTE(pt_guarded_by(x))
#define EXCLUSIVE_LOCKS_REQUIRED(...) EPI_THREAD_ATTRIBUTE(exclusive_locks_required(__VA_ARGS__))
#define LOCKS_EXCLUDED(...) EPI_THREAD_ATTRIBUTE(locks_excluded(__VA_ARGS__))
#define EXCLUSIVE_LOCK_FUNCTION(...) EPI_THREAD_ATTRIBUTE(exclusive_lock_function(__VA_ARGS__))
#define UNLOCK_FUNCTION(...) EPI_THREAD_ATTRIBUTE(unlock_function(__VA_ARGS__))
#define NO_THREAD_SAFETY_ANALYSIS EPI_THREAD_ATTRIBUTE(no_thread_safety_analysis)

namespace epi {

class CAPABILITY("mutex") Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void Lock() EXCLUSIVE_LOCK_FUNCTION() { mutex_.lock(); }
  void Unlock() UNLOCK_FUNCTION() { mutex_.unlock(); }

 private:
  friend class CondVar;
  std::mutex mutex_;
};

// Holds a mutex for a scope.
class SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex* mutex) EXCLUSIVE_LOCK_FUNCTION(mutex) : mutex_(mutex) { mutex_->Lock(); }
  ~MutexLock() UNLOCK_FUNCTION() { mutex_->Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex* const mutex_;
};

// Waits for a condition. Wakes spuriously: always wait in a loop over the condition.
class CondVar {
 public:
  void Wait(Mutex* mutex) EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    std::unique_lock<std::mutex> lock(mutex->mutex_, std::adopt_lock);
    changed_.wait(lock);
    lock.release();
  }
  // False when the deadline passed first.
  bool WaitUntil(Mutex* mutex, std::chrono::steady_clock::time_point deadline) EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    std::unique_lock<std::mutex> lock(mutex->mutex_, std::adopt_lock);
    // libstdc++ computes with a system-clock offset when the deadline is far away and may overflow: cap it.
    const auto capped = std::min(deadline, std::chrono::steady_clock::now() + std::chrono::hours(24));
    const bool woken = changed_.wait_until(lock, capped) == std::cv_status::no_timeout;
    lock.release();
    return woken || capped != deadline;
  }
  void NotifyOne() { changed_.notify_one(); }
  void NotifyAll() { changed_.notify_all(); }

 private:
  std::condition_variable changed_;
};

}  // namespace epi
