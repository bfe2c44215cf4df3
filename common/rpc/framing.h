// gRPC's length-prefixed messages.
//
//   ┌────────────┬───────────────┬─────────────┐
//   │ compressed │ length        │ message     │
//   │ 1 byte 0/1 │ 4 bytes, BE   │ length bytes│
//   └────────────┴───────────────┴─────────────┘
//
// Contract: FrameDecoder takes bytes in pieces of any size. A length above the limit is refused before memory is taken.
// Threads:  none; values.
// Errors:   ResourceExhausted above the limit; Internal for a flag other than 0 and 1. After an error it takes no more.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"

namespace epi::rpc {

inline constexpr size_t kFramePrefixBytes = 5;

// REQUIRES: message_bytes fits 32 bits.
std::array<char, kFramePrefixBytes> FramePrefix(size_t message_bytes, bool compressed);

struct Frame {
  std::string message;
  bool compressed = false;
};

class FrameDecoder {
 public:
  explicit FrameDecoder(size_t message_bytes_max) : message_bytes_max_(message_bytes_max) {}

  // Appends the messages that `bytes` completes.
  Status Feed(std::string_view bytes, std::vector<Frame>* out);

  // In the middle of a prefix or message.
  bool partial() const { return prefix_bytes_ > 0; }
  // Bytes still missing of the message in progress.
  size_t missing_bytes() const { return prefix_bytes_ == kFramePrefixBytes ? length_ - frame_.message.size() : 0; }

 private:
  Status ReadPrefix();

  const size_t message_bytes_max_;
  std::array<char, kFramePrefixBytes> prefix_{};
  size_t prefix_bytes_ = 0;
  size_t length_ = 0;
  Frame frame_;
};

}  // namespace epi::rpc
