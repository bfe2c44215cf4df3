#include "common/base/memory_account.h"

#include <utility>

namespace epi {

MemoryAccount::MemoryAccount(std::string name, uint64_t limit_bytes, MemoryAccount* parent)
    : name_(std::move(name)), limit_bytes_(limit_bytes), parent_(parent) {}

MemoryAccount::~MemoryAccount() {
  if (parent_ != nullptr) parent_->Release(used_bytes());
}

Status MemoryAccount::Charge(uint64_t bytes, std::string_view what) {
  uint64_t used = used_bytes_.load(std::memory_order_relaxed);
  do {
    if (limit_bytes_ != 0 && (bytes > limit_bytes_ || used > limit_bytes_ - bytes)) {
      std::string message = "memory limit of " + name_ + " exceeded: limit " + std::to_string(limit_bytes_) +
                            " bytes, used " + std::to_string(used) + ", asked for " + std::to_string(bytes) + " by ";
      message += what;
      return ResourceExhaustedError(std::move(message));
    }
  } while (!used_bytes_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
  if (parent_ != nullptr) {
    Status status = parent_->Charge(bytes, what);
    if (!status.ok()) {
      used_bytes_.fetch_sub(bytes, std::memory_order_relaxed);
      return status;
    }
  }
  uint64_t peak = peak_bytes_.load(std::memory_order_relaxed);
  while (peak < used + bytes && !peak_bytes_.compare_exchange_weak(peak, used + bytes, std::memory_order_relaxed)) {
  }
  return OkStatus();
}

void MemoryAccount::Release(uint64_t bytes) {
  const uint64_t before = used_bytes_.fetch_sub(bytes, std::memory_order_relaxed);
  CHECK(before >= bytes);
  if (parent_ != nullptr) parent_->Release(bytes);
}

MemoryCharge::MemoryCharge(MemoryCharge&& other) noexcept
    : account_(std::exchange(other.account_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

MemoryCharge& MemoryCharge::operator=(MemoryCharge&& other) noexcept {
  if (this != &other) {
    Reset();
    account_ = std::exchange(other.account_, nullptr);
    bytes_ = std::exchange(other.bytes_, 0);
  }
  return *this;
}

MemoryCharge::~MemoryCharge() { Reset(); }

Status MemoryCharge::Add(uint64_t bytes, std::string_view what) {
  if (account_ == nullptr) return OkStatus();
  RETURN_IF_ERROR(account_->Charge(bytes, what));
  bytes_ += bytes;
  return OkStatus();
}

void MemoryCharge::ShrinkTo(uint64_t bytes) {
  if (bytes >= bytes_) return;
  if (account_ != nullptr) account_->Release(bytes_ - bytes);
  bytes_ = bytes;
}

}  // namespace epi
