// The receiving half of a call: DATA bytes arrive on the loop, whole messages are read by one blocking reader.
//
// Back-pressure: what was not read keeps occupying the stream's HTTP/2 window, so a peer can pile up at most one window.
//           Bytes go back to the window when the reader took their message, or when a reader waits for a message that is
//           larger than the window.
// Threads:  Feed(), End() and Bind() on the loop; Read() on one thread at a time.
// Errors:   Read() drains the messages that came before the end, then returns the end: nothing for OK, else its error.
//           A context that ends while waiting returns its own error and leaves the call as it is.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/context.h"
#include "common/base/mutex.h"
#include "common/base/status.h"
#include "common/http/http2_connection.h"
#include "common/rpc/compression.h"
#include "common/rpc/framing.h"

namespace epi::rpc {

class Inbound {
 public:
  Inbound(size_t window_bytes, size_t message_bytes_max)
      : window_bytes_(window_bytes), message_bytes_max_(message_bytes_max), decoder_(message_bytes_max) {}

  // Before the first Feed(): whose window the bytes occupy, and how messages are compressed.
  void Bind(std::weak_ptr<http::Http2Connection> connection, int32_t stream_id);
  void SetCodec(Codec codec);

  // An error is final for the call: the caller resets the stream or answers with it.
  Status Feed(std::string_view bytes);
  // The peer is done (OK), or the call is. Only the first counts.
  void End(const Status& status);

  Result<std::optional<std::string>> Read(const Context& ctx);

 private:
  Status WaitForFrames(const Context& ctx) LOCKS_EXCLUDED(mutex_);
  Result<std::string> Unpack(Frame frame) LOCKS_EXCLUDED(mutex_);
  // Counts a message that the reader took, and gives bytes back once they are worth a frame.
  void Consumed(size_t bytes) LOCKS_EXCLUDED(mutex_);
  // What to give back while the reader waits with nothing to read; zero while the window suffices.
  size_t CreditForWaiter() EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void PostCredit(size_t bytes) EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t window_bytes_;
  const size_t message_bytes_max_;

  // Loop thread.
  FrameDecoder decoder_;
  bool broken_ = false;
  std::vector<Frame> decoded_;

  // Reader thread: taken over from ready_ in one go.
  std::deque<Frame> taken_;
  size_t consumed_bytes_ = 0;

  Mutex mutex_;
  CondVar changed_;
  std::weak_ptr<http::Http2Connection> connection_ GUARDED_BY(mutex_);
  int32_t stream_id_ GUARDED_BY(mutex_) = 0;
  Codec codec_ GUARDED_BY(mutex_) = Codec::kIdentity;
  std::deque<Frame> ready_ GUARDED_BY(mutex_);
  // Received and not yet given back to the window.
  size_t held_bytes_ GUARDED_BY(mutex_) = 0;
  size_t missing_bytes_ GUARDED_BY(mutex_) = 0;
  bool waiting_ GUARDED_BY(mutex_) = false;
  std::optional<Status> end_ GUARDED_BY(mutex_);
};

}  // namespace epi::rpc
