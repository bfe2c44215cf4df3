// Clock: what time it is, replaceable in tests.
//
// Contract: NowMs() is wall time and may jump; Monotonic() never goes back and measures intervals and deadlines.
// Threads:  safe from any thread.
// Units:    Unix milliseconds.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace epi {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual int64_t NowMs() const = 0;
  virtual std::chrono::steady_clock::time_point Monotonic() const = 0;

  // The computer's clock; lives as long as the process.
  static const Clock& System();
};

// A clock that moves only when told to.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(int64_t now_ms) : now_ms_(now_ms) {}
  int64_t NowMs() const override { return now_ms_.load(std::memory_order_acquire); }
  std::chrono::steady_clock::time_point Monotonic() const override {
    return std::chrono::steady_clock::time_point(std::chrono::milliseconds(monotonic_ms_.load(std::memory_order_acquire)));
  }
  // Moves both times. REQUIRES: duration >= 0.
  void Advance(std::chrono::milliseconds duration) {
    now_ms_.fetch_add(duration.count(), std::memory_order_acq_rel);
    monotonic_ms_.fetch_add(duration.count(), std::memory_order_acq_rel);
  }
  // A jump of the wall clock; monotonic time stays.
  void SetNowMs(int64_t now_ms) { now_ms_.store(now_ms, std::memory_order_release); }

 private:
  std::atomic<int64_t> now_ms_;
  std::atomic<int64_t> monotonic_ms_{0};
};

}  // namespace epi
