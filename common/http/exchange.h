// One request while it is answered: carries the answer's pieces from the handler's thread to the loop, and the client's
// leaving and slowness the other way.
//
//   handler thread: Send(part) ──Post──▶ loop: ResponseSink::Send(part) ──▶ HTTP/1.1 connection or HTTP/2 stream
//                   waits for room ◀──── OnDrained(), ClientGone()
//
// Threads:  Send() from the handler's thread; OnDrained() and ClientGone() on the loop.
// Owns:     its sink, until the answer ended or the client left.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/base/context.h"
#include "common/base/mutex.h"
#include "common/http/header_field.h"
#include "common/runtime/loop.h"

namespace epi::http {

// A piece of an answer. The first carries the head, the last has `end` or `abort`.
struct ResponsePart {
  bool head = false;
  int status = 200;
  HeaderFields headers;
  std::string bytes;
  // The size of the whole body when head and end come in one part of a HEAD answer, whose bytes are empty.
  size_t head_body_bytes = 0;
  bool end = false;
  bool abort = false;
};

// The loop's side of an answer.
class ResponseSink {
 public:
  virtual ~ResponseSink() = default;
  virtual void Send(ResponsePart part) = 0;
  // Bytes of this answer that the client has not taken.
  virtual size_t buffered_bytes() const = 0;
};

class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(runtime::Loop* loop, const Context& ctx, std::shared_ptr<ResponseSink> sink);

  // Ends when the client leaves.
  const Context& ctx() const { return ctx_; }
  // Hands over a part; first waits until the client took enough of the ones before, unless the part ends the answer.
  // On the loop's own thread it never waits. Errors: the context's, or DeadlineExceeded from a client that reads nothing.
  Status Send(ResponsePart part);

  bool OnLoopThread() const { return loop_->IsLoopThread(); }

  void OnDrained();
  void ClientGone(const std::string& why);

 private:
  Status WaitForRoom();
  void SendOnLoop(ResponsePart part);

  runtime::Loop* const loop_;
  const Context ctx_;
  std::shared_ptr<ResponseSink> sink_;  // loop only
  Mutex mutex_;
  CondVar changed_;
  size_t posted_bytes_ GUARDED_BY(mutex_) = 0;    // on their way to the loop
  size_t buffered_bytes_ GUARDED_BY(mutex_) = 0;  // in the sink, as last heard
};

}  // namespace epi::http
