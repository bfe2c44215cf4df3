// A named thread with a small stack. It is joined, never detached.
//
// Contract: the destructor joins. `name` is what top and gdb show (15 characters).
// Units:    stack_bytes is address space; only touched pages cost memory.
#pragma once

#include <pthread.h>

#include <cstddef>
#include <functional>
#include <string>

namespace epi::runtime {

// Enough for protobuf, OpenSSL and a PromQL tree of the greatest depth the parser allows; sanitizers take more.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr size_t kThreadStackBytes = size_t{8} << 20;
#else
inline constexpr size_t kThreadStackBytes = size_t{1} << 20;
#endif

class Thread {
 public:
  Thread(const std::string& name, std::function<void()> body, size_t stack_bytes = kThreadStackBytes);
  ~Thread();
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  void Join();

 private:
  pthread_t thread_{};
  bool joined_ = false;
};

}  // namespace epi::runtime
