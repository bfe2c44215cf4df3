// A byte budget that memory is charged to before it is taken.
//
// Contract: Charge() fails with ResourceExhausted when the account or any of its parents would exceed its limit;
//           then nothing is charged anywhere. Release() gives back what was charged. The destructor gives the rest back
//           to the parent.
// Threads:  all methods are safe from any thread.
// Owns:     nothing; the parent must outlive its children.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "common/base/status.h"

namespace epi {

class MemoryAccount {
 public:
  // `name` appears in errors: "memory limit of query exceeded: 268435456 bytes". limit_bytes 0 means no limit of its own.
  MemoryAccount(std::string name, uint64_t limit_bytes, MemoryAccount* parent = nullptr);
  ~MemoryAccount();
  MemoryAccount(const MemoryAccount&) = delete;
  MemoryAccount& operator=(const MemoryAccount&) = delete;

  // `what` names the selector or structure that asks; it ends up in the error.
  Status Charge(uint64_t bytes, std::string_view what);
  void Release(uint64_t bytes);

  uint64_t used_bytes() const { return used_bytes_.load(std::memory_order_relaxed); }
  uint64_t peak_bytes() const { return peak_bytes_.load(std::memory_order_relaxed); }
  uint64_t limit_bytes() const { return limit_bytes_; }
  const std::string& name() const { return name_; }

 private:
  const std::string name_;
  const uint64_t limit_bytes_;
  MemoryAccount* const parent_;
  std::atomic<uint64_t> used_bytes_{0};
  std::atomic<uint64_t> peak_bytes_{0};
};

// Holds a charge for a scope, and can grow it. Movable.
class MemoryCharge {
 public:
  MemoryCharge() = default;
  explicit MemoryCharge(MemoryAccount* account) : account_(account) {}
  MemoryCharge(MemoryCharge&& other) noexcept;
  MemoryCharge& operator=(MemoryCharge&& other) noexcept;
  ~MemoryCharge();

  // Charges `bytes` more. A charge without account always succeeds.
  Status Add(uint64_t bytes, std::string_view what);
  // Gives everything above `bytes` back now.
  void ShrinkTo(uint64_t bytes);
  // Gives everything back now.
  void Reset() { ShrinkTo(0); }
  uint64_t bytes() const { return bytes_; }

 private:
  MemoryAccount* account_ = nullptr;
  uint64_t bytes_ = 0;
};

}  // namespace epi
