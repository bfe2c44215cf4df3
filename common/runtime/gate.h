// Bounds how many run at once (queries, Series calls). Later ones wait in line, as long as their context lets them.
//
// Contract: permits are given in the order of arrival. A permit gives its place back when it is destroyed.
// Threads:  all methods are safe from any thread.
// Errors:   Acquire() returns the context's error, or ResourceExhausted, naming the gate, when the line is full too.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <string>
#include <utility>

#include "common/base/context.h"
#include "common/base/mutex.h"

namespace epi::runtime {

struct GateOptions {
  std::string name;
  size_t running_max = 20;
  size_t waiting_max = 1000;
  // Called after every Acquire() with the time spent in line, whatever came of it; may be empty. For a histogram.
  std::function<void(std::chrono::nanoseconds waited)> on_waited;
  // Called with the new number of running permits, in order; must be quick and must not call the gate. For a gauge.
  std::function<void(size_t running)> on_running;
};

class Gate {
 public:
  explicit Gate(GateOptions options);

  class Permit {
   public:
    Permit() = default;
    Permit(Permit&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    Permit& operator=(Permit&& other) noexcept {
      std::swap(gate_, other.gate_);
      return *this;
    }
    ~Permit() {
      if (gate_ != nullptr) gate_->Release();
    }

   private:
    friend class Gate;
    explicit Permit(Gate* gate) : gate_(gate) {}
    Gate* gate_ = nullptr;
  };

  // The gate must outlive its permits.
  Result<Permit> Acquire(const Context& ctx);

  size_t running() const;
  size_t waiting() const;
  size_t running_max() const { return options_.running_max; }

 private:
  struct Waiter {
    bool admitted = false;
  };
  Status AcquirePlace(const Context& ctx);
  void Release();
  void SetRunning(size_t running) EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const GateOptions options_;
  mutable Mutex mutex_;
  CondVar changed_;
  size_t running_ GUARDED_BY(mutex_) = 0;
  std::list<Waiter*> line_ GUARDED_BY(mutex_);
};

}  // namespace epi::runtime
