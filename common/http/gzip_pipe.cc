#include "common/http/gzip_pipe.h"

#include <utility>

namespace epi::http {

GzipPipe::GzipPipe(std::shared_ptr<Exchange> exchange)
    : exchange_(std::move(exchange)), queue_(kPartsMax), thread_("gzip", [this] { Run(); }) {}

GzipPipe::~GzipPipe() { queue_.Close(); }

Status GzipPipe::Write(ResponsePart part) {
  {
    MutexLock lock(&mutex_);
    if (!error_.ok()) return error_;
  }
  // The end of an answer goes out even when its context is over: the client must see that it is no more than a part.
  const bool last = part.end || part.abort;
  return queue_.Push(last ? Context::Background() : exchange_->ctx(), std::move(part));
}

bool GzipPipe::Failed() {
  MutexLock lock(&mutex_);
  return !error_.ok();
}

Status GzipPipe::Send(ResponsePart part) {
  std::string compressed;
  stream_.Write(part.bytes, &compressed);
  if (part.end) stream_.Finish(&compressed);
  part.bytes = std::move(compressed);
  if (part.bytes.empty() && !part.head && !part.end && !part.abort) return OkStatus();
  return exchange_->Send(std::move(part));
}

// After an error what is still written is taken and dropped, so that the writer does not wait.
void GzipPipe::Run() {
  while (true) {
    auto part = queue_.Pop(Context::Background());
    if (!part.ok() || !part->has_value()) return;
    if (Failed()) {
      // The client must see that what it got is not whole.
      if ((*part)->end || (*part)->abort) static_cast<void>(exchange_->Send({.abort = true}).ok());
      continue;
    }
    if (Status status = Send(std::move(**part)); !status.ok()) {
      MutexLock lock(&mutex_);
      error_ = std::move(status);
    }
  }
}

}  // namespace epi::http
