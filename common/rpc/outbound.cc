#include "common/rpc/outbound.h"

#include <algorithm>
#include <utility>

#include "common/base/str_cat.h"
#include "common/rpc/framing.h"
#include "common/rpc/limits.h"
#include "common/runtime/context_wait.h"

namespace epi::rpc {
namespace {

// A message below this is copied behind the one before; a piece grows to at most kPieceBytesMax that way.
constexpr size_t kSmallMessageBytes = size_t{16} << 10;
constexpr size_t kPieceBytesMax = size_t{64} << 10;

}  // namespace

Status Outbound::Write(const Context& ctx, std::string message, bool compressed) {
  if (message.size() > UINT32_MAX) return ResourceExhaustedError(StrCat("message of ", message.size(), " bytes is too large for gRPC"));
  bool wake = false;
  for (bool queued = false; !queued;) {
    {
      MutexLock lock(&mutex_);
      if (!failed_.ok()) return failed_;
      if (finished_) return FailedPreconditionError("write after the end of the stream");
      if (queued_bytes_ < kQueueBytesMax) {
        Append(std::move(message), compressed);
        wake = TakeIdle();
        queued = true;
      }
    }
    if (!queued) RETURN_IF_ERROR(WaitForRoom(ctx));
  }
  if (wake) wake_();
  return OkStatus();
}

Status Outbound::WaitForRoom(const Context& ctx) {
  runtime::ContextWaiter waiter(ctx, &mutex_, &changed_);
  MutexLock lock(&mutex_);
  Status status;
  while (queued_bytes_ >= kQueueBytesMax && failed_.ok() && status.ok()) {
    writer_waits_ = true;
    status = waiter.Wait();
  }
  writer_waits_ = false;
  return status;
}

void Outbound::Append(std::string message, bool compressed) {
  const auto prefix = FramePrefix(message.size(), compressed);
  queued_bytes_ += prefix.size() + message.size();
  const bool small = message.size() < kSmallMessageBytes;
  if (pieces_.empty() || pieces_.back().size() + kFramePrefixBytes + (small ? message.size() : 0) > kPieceBytesMax) {
    pieces_.emplace_back();
    if (small && queued_bytes_ > kSmallMessageBytes) pieces_.back().reserve(kPieceBytesMax);
  }
  pieces_.back().append(prefix.data(), prefix.size());
  if (small) {
    pieces_.back().append(message);
  } else {
    pieces_.push_back(std::move(message));
  }
}

bool Outbound::TakeIdle() { return std::exchange(idle_, false); }

void Outbound::Finish(http::HeaderFields trailers) {
  bool wake = false;
  {
    MutexLock lock(&mutex_);
    if (std::exchange(finished_, true)) return;
    trailers_ = std::move(trailers);
    wake = TakeIdle();
  }
  if (wake) wake_();
}

void Outbound::Fail(const Status& why) {
  MutexLock lock(&mutex_);
  if (!failed_.ok()) return;
  failed_ = why;
  pieces_.clear();
  queued_bytes_ = 0;
  front_offset_ = 0;
  changed_.NotifyAll();
}

bool Outbound::touched() const {
  MutexLock lock(&mutex_);
  return touched_;
}

http::Http2Body::Available Outbound::Peek(size_t bytes_max) {
  MutexLock lock(&mutex_);
  const size_t bytes = std::min(bytes_max, queued_bytes_);
  const bool end = finished_ && bytes == queued_bytes_;
  if (bytes == 0 && !end) idle_ = true;
  return {.bytes = bytes, .end = end};
}

void Outbound::Take(size_t bytes, std::string* out) {
  MutexLock lock(&mutex_);
  touched_ = true;
  while (bytes > 0 && !pieces_.empty()) {
    const std::string& piece = pieces_.front();
    const size_t taken = std::min(bytes, piece.size() - front_offset_);
    out->append(piece, front_offset_, taken);
    front_offset_ += taken;
    queued_bytes_ -= taken;
    bytes -= taken;
    if (front_offset_ < piece.size()) break;
    pieces_.pop_front();
    front_offset_ = 0;
  }
  // The stream failed between Peek() and now; it is about to be reset, so what fills the promised frame does not matter.
  out->append(bytes, '\0');
  if (writer_waits_ && queued_bytes_ < kQueueBytesMax / 2) changed_.NotifyAll();
}

http::HeaderFields Outbound::Trailers() {
  MutexLock lock(&mutex_);
  return trailers_;
}

}  // namespace epi::rpc
