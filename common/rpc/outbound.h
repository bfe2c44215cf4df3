// The sending half of a call: one blocking writer queues messages, the HTTP/2 session pulls them as a body.
//
// Back-pressure: Write() waits while more than kQueueBytesMax are queued, so a slow peer holds the writer back.
// Wake-ups:  the loop is told only when it found the queue empty before; a busy stream costs no message between threads.
// Threads:   Write(), Finish() and Fail() from any thread; the Http2Body part on the loop.
// Errors:    Write() returns the context's error, or what Fail() said.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <string>

#include "common/base/context.h"
#include "common/base/mutex.h"
#include "common/base/status.h"
#include "common/http/http2_stream.h"

namespace epi::rpc {

class Outbound final : public http::Http2Body {
 public:
  // Called (any thread, maybe with locks held below ours) when the session should look again: post ResumeBody() + Flush().
  using Wake = std::function<void()>;
  explicit Outbound(Wake wake) : wake_(std::move(wake)) {}

  // Queues one message, already compressed if so flagged.
  Status Write(const Context& ctx, std::string message, bool compressed) LOCKS_EXCLUDED(mutex_);
  // No more messages; the trailers (server) follow the last one. Idempotent: the first call counts.
  void Finish(http::HeaderFields trailers = {}) LOCKS_EXCLUDED(mutex_);
  // The stream is gone: drops the queue, wakes the writer.
  void Fail(const Status& why) LOCKS_EXCLUDED(mutex_);
  // Some byte was handed to the session: the call cannot be repeated on another connection.
  bool touched() const LOCKS_EXCLUDED(mutex_);

  Available Peek(size_t bytes_max) override LOCKS_EXCLUDED(mutex_);
  void Take(size_t bytes, std::string* out) override LOCKS_EXCLUDED(mutex_);
  http::HeaderFields Trailers() override LOCKS_EXCLUDED(mutex_);

 private:
  Status WaitForRoom(const Context& ctx) LOCKS_EXCLUDED(mutex_);
  void Append(std::string message, bool compressed) EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // True if the session waits for a ResumeBody().
  bool TakeIdle() EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Wake wake_;
  mutable Mutex mutex_;
  CondVar changed_;
  // Small messages share a piece; a large one is a piece of its own, moved in.
  std::deque<std::string> pieces_ GUARDED_BY(mutex_);
  size_t front_offset_ GUARDED_BY(mutex_) = 0;
  size_t queued_bytes_ GUARDED_BY(mutex_) = 0;
  bool idle_ GUARDED_BY(mutex_) = false;
  bool writer_waits_ GUARDED_BY(mutex_) = false;
  bool touched_ GUARDED_BY(mutex_) = false;
  bool finished_ GUARDED_BY(mutex_) = false;
  http::HeaderFields trailers_ GUARDED_BY(mutex_);
  Status failed_ GUARDED_BY(mutex_);
};

}  // namespace epi::rpc
