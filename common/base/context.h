// Context: how long work may take, whether anyone still wants it, and whose memory it may use.
//
// Contract: the first parameter of everything that can wait or loop, as `const Context&`. A child can only shorten its
//           parent's deadline, and is cancelled with it. Check() is cheap enough to call per chunk or per step batch.
// Threads:  a Context is a value of shared state; copies are cheap and safe to use from any thread.
// Errors:   Check() returns Cancelled or DeadlineExceeded; once it failed it keeps failing.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "common/base/memory_account.h"
#include "common/base/status.h"

namespace epi {

class Context {
 public:
  using Clock = std::chrono::steady_clock;

  // Never ends, no memory account.
  static const Context& Background();

  // A child that also ends at `deadline`.
  Context WithDeadline(Clock::time_point deadline) const;
  Context WithTimeout(Clock::duration timeout) const { return WithDeadline(Clock::now() + timeout); }
  // A child with its own cancel switch: Cancel() on the child (or any copy of it) ends the child and its children only.
  Context WithCancel() const;
  // A child that charges memory to `account`, which must outlive it.
  Context WithMemory(MemoryAccount* account) const;

  // Ends this context and its children. Idempotent. The reason goes into the error message.
  void Cancel(std::string reason = "context canceled") const;

  // OK, Cancelled or DeadlineExceeded.
  Status Check() const;
  bool Done() const { return !Check().ok(); }

  Clock::time_point deadline() const;
  bool has_deadline() const { return deadline() != Clock::time_point::max(); }
  // Time left, never negative; a very long time without deadline.
  Clock::duration Remaining() const;
  // Null when nobody counts.
  MemoryAccount* memory() const;

  // Calls `callback` once when Cancel() reaches this context (not when a deadline passes), from the cancelling thread,
  // or at once if it already happened. The registration ends with the returned handle; after its destructor returned the
  // callback is not running and will not run.
  class CancelRegistration;
  std::unique_ptr<CancelRegistration> OnCancel(std::function<void()> callback) const;

 private:
  struct State;
  explicit Context(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

class Context::CancelRegistration {
 public:
  ~CancelRegistration();
  CancelRegistration(const CancelRegistration&) = delete;
  CancelRegistration& operator=(const CancelRegistration&) = delete;

 private:
  friend class Context;
  CancelRegistration(std::shared_ptr<State> state, uint64_t id) : state_(std::move(state)), id_(id) {}
  const std::shared_ptr<State> state_;
  const uint64_t id_;
};

}  // namespace epi
