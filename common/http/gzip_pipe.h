// Compresses an answer and sends it, on a thread of its own, while the handler still writes the rest.
//
//   handler thread: Write(part) ──queue of kPartsMax──▶ gzip thread: compress ──▶ Exchange::Send(part)
//
// Contract: parts are sent in order. The one with `end` ends the gzip stream; the one with `abort` breaks the answer off.
// Threads:  Write() from one thread. The destructor waits until everything was sent, or the client left.
// Errors:   of a part that could not be sent, at a later Write().
#pragma once

#include <memory>

#include "common/base/mutex.h"
#include "common/http/compress.h"
#include "common/http/exchange.h"
#include "common/runtime/bounded_queue.h"
#include "common/runtime/thread.h"

namespace epi::http {

class GzipPipe {
 public:
  // Parts that may wait to be compressed: some hundred kilobytes.
  static constexpr size_t kPartsMax = 4;

  explicit GzipPipe(std::shared_ptr<Exchange> exchange);
  ~GzipPipe();
  GzipPipe(const GzipPipe&) = delete;
  GzipPipe& operator=(const GzipPipe&) = delete;

  Status Write(ResponsePart part);

 private:
  void Run();
  Status Send(ResponsePart part);
  bool Failed();

  const std::shared_ptr<Exchange> exchange_;
  GzipStream stream_;  // Of the gzip thread.
  runtime::BoundedQueue<ResponsePart> queue_;
  Mutex mutex_;
  Status error_ GUARDED_BY(mutex_);
  runtime::Thread thread_;
};

}  // namespace epi::http
