// Which chunks of one segment file were verified: exact, small and lossy.
//
//   file    |  64 bytes  |  64 bytes  |  64 bytes  | …
//   marks   |     0      |  80 + 17   |     0      | …      one byte each: 0, or 80 + offset of a chunk's start in the 64 bytes
//
// Contract: Has(offset) is true only after Set(offset): a mark holds the offset itself, so no other place near it passes for
//           verified. A second chunk that starts in the same 64 bytes takes the mark over: the first will be verified again.
// Threads:  Has and Set are safe from any thread.
// Owns:     1 byte per 64 of the file, from calloc: only pages that were written take memory.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <memory>

namespace epi::tsdb {

class ChunkMarks {
 public:
  // False when there is no memory.
  bool Init(uint64_t file_bytes) {
    marks_.reset(static_cast<uint8_t*>(std::calloc(file_bytes / kGranuleBytes + 1, 1)));
    return marks_ != nullptr;
  }
  // REQUIRES: Init() was true; offset < file_bytes.
  bool Has(uint32_t offset) const { return MarkOf(offset).load(std::memory_order_relaxed) == Value(offset); }
  void Set(uint32_t offset) const { MarkOf(offset).store(Value(offset), std::memory_order_relaxed); }

 private:
  static constexpr uint32_t kGranuleBytes = 64;
  struct FreeDeleter {
    void operator()(uint8_t* marks) const { std::free(marks); }
  };

  std::atomic_ref<uint8_t> MarkOf(uint32_t offset) const { return std::atomic_ref<uint8_t>(marks_[offset / kGranuleBytes]); }
  static uint8_t Value(uint32_t offset) { return static_cast<uint8_t>(0x80 | offset % kGranuleBytes); }

  std::unique_ptr<uint8_t[], FreeDeleter> marks_;
};

}  // namespace epi::tsdb
