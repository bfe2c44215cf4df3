// The frames of a streamed remote-read answer (STREAMED_XOR_CHUNKS), taken apart as the bytes arrive.
//
//   ┌────────────────┬─────────────────────┬────────────────────────────┐
//   │ length uvarint │ CRC32-C, big-endian │ ChunkedReadResponse        │   repeated to the end of the body
//   └────────────────┴─────────────────────┴────────────────────────────┘
//
// Prometheus reports an error that it meets after the first frame as plain text appended to the 200 answer. Such a tail fails
// the checksum or the length, and its beginning is put into the error.
//
// Contract: Feed() calls the sink once per whole frame, in order; Finish() fails when the body ended inside a frame.
// Owns:     only the unfinished frame; a frame's bytes live during the sink's call.
// Errors:   DataLoss with the frame's number and offset in the body; the sink's.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "common/base/status.h"

namespace epi::agent {

// Prometheus' own limit for a frame is 1 MiB by default; a single series may exceed it.
inline constexpr uint64_t kReadFrameBytesMax = 128ULL << 20;

class ReadFrames {
 public:
  using Sink = std::function<Status(std::string_view frame)>;
  explicit ReadFrames(Sink sink) : sink_(std::move(sink)) {}

  Status Feed(std::string_view bytes);
  Status Finish() const;
  uint64_t frames() const { return frames_; }

 private:
  // Takes whole frames off the front of `bytes`; the rest is what is left.
  Result<std::string_view> TakeFrames(std::string_view bytes);
  // Of the frame that pending_ begins, at least one; as many as its length says once that is there.
  size_t MissingBytes() const;
  Status Damaged(std::string_view reason, std::string_view bytes) const;

  const Sink sink_;
  std::string pending_;
  uint64_t offset_ = 0;  // Of pending_ in the body.
  uint64_t frames_ = 0;
};

}  // namespace epi::agent
