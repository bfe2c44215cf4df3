#include "common/http/exchange.h"

#include "common/http/limits.h"
#include "common/runtime/context_wait.h"

namespace epi::http {

Exchange::Exchange(runtime::Loop* loop, const Context& ctx, std::shared_ptr<ResponseSink> sink)
    : loop_(loop), ctx_(ctx.WithCancel()), sink_(std::move(sink)) {}

Status Exchange::Send(ResponsePart part) {
  if (loop_->IsLoopThread()) {
    SendOnLoop(std::move(part));
    return OkStatus();
  }
  if (!part.end && !part.abort) RETURN_IF_ERROR(WaitForRoom());
  {
    MutexLock lock(&mutex_);
    posted_bytes_ += part.bytes.size();
  }
  loop_->Post([self = shared_from_this(), part = std::move(part)]() mutable {
    {
      MutexLock lock(&self->mutex_);
      self->posted_bytes_ -= part.bytes.size();
    }
    self->SendOnLoop(std::move(part));
  });
  return OkStatus();
}

Status Exchange::WaitForRoom() {
  const Context patience = ctx_.WithTimeout(kWriteIdleTimeout);
  runtime::ContextWaiter waiter(patience, &mutex_, &changed_);
  MutexLock lock(&mutex_);
  while (posted_bytes_ + buffered_bytes_ > kWriteHighWaterBytes) {
    Status status = waiter.Wait();
    if (status.ok()) continue;
    const bool stalled = ctx_.Check().ok();
    return stalled ? DeadlineExceededError("client does not read its answer") : status;
  }
  return ctx_.Check();
}

void Exchange::SendOnLoop(ResponsePart part) {
  if (sink_ == nullptr) return;
  const bool last = part.end || part.abort;
  const std::shared_ptr<ResponseSink> sink = sink_;
  if (last) sink_ = nullptr;
  sink->Send(std::move(part));
  MutexLock lock(&mutex_);
  buffered_bytes_ = last ? 0 : sink->buffered_bytes();
  changed_.NotifyAll();
}

void Exchange::OnDrained() {
  if (sink_ == nullptr) return;
  MutexLock lock(&mutex_);
  buffered_bytes_ = sink_->buffered_bytes();
  changed_.NotifyAll();
}

void Exchange::ClientGone(const std::string& why) {
  sink_ = nullptr;
  ctx_.Cancel(why);
}

}  // namespace epi::http
