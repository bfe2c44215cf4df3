// One libuv event loop on its own thread: all sockets and timers of a process live here.
//
// Contract: Post() is the only door from other threads. Everything else that touches the loop, and all that hangs on it
//           (Timer, http::Connection, http::Listener), is used from the loop's own thread only. What runs here must not block.
// Threads:  Post(), RunSync() and IsLoopThread() from any thread.
// Owns:     the uv loop and its thread. The destructor runs what was posted before it, then stops and joins; whoever hung
//           handles on the loop must have closed them by then.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

struct uv_loop_s;

namespace epi::runtime {

class Loop {
 public:
  explicit Loop(const char* thread_name = "loop");
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Runs `task` on the loop, in the order of the calls, never inside this call. Once the destructor began, tasks that come
  // from other threads are destroyed unrun.
  void Post(std::function<void()> task);
  // Runs `task` on the loop and waits for it; on the loop's own thread runs it at once.
  void RunSync(const std::function<void()>& task);
  bool IsLoopThread() const;

  // For the modules that wrap uv handles. Loop thread only.
  uv_loop_s* uv();

 private:
  struct Impl;
  const std::unique_ptr<Impl> impl_;
};

// A timer on the loop. Loop thread only, also its destructor. Start() again replaces the earlier time and callback.
class Timer {
 public:
  explicit Timer(Loop* loop);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // Calls `callback` once after `delay`.
  void Start(std::chrono::milliseconds delay, std::function<void()> callback);
  // Calls `callback` every `period`, first after one period.
  void StartRepeating(std::chrono::milliseconds period, std::function<void()> callback);
  void Stop();
  bool active() const;

 private:
  struct Impl;
  Impl* const impl_;  // freed by the loop once it let go of the handle
};

}  // namespace epi::runtime
