#include "common/rpc/inbound.h"

#include <algorithm>
#include <utility>

#include "common/runtime/context_wait.h"

namespace epi::rpc {

void Inbound::Bind(std::weak_ptr<http::Http2Connection> connection, int32_t stream_id) {
  MutexLock lock(&mutex_);
  connection_ = std::move(connection);
  stream_id_ = stream_id;
}

void Inbound::SetCodec(Codec codec) {
  MutexLock lock(&mutex_);
  codec_ = codec;
}

Status Inbound::Feed(std::string_view bytes) {
  if (broken_) return OkStatus();
  decoded_.clear();
  const Status status = decoder_.Feed(bytes, &decoded_);
  broken_ = !status.ok();
  MutexLock lock(&mutex_);
  if (end_.has_value()) return OkStatus();
  std::move(decoded_.begin(), decoded_.end(), std::back_inserter(ready_));
  held_bytes_ += bytes.size();
  missing_bytes_ = decoder_.missing_bytes();
  if (!waiting_) return status;
  if (!ready_.empty()) {
    changed_.NotifyAll();
    return status;
  }
  const size_t credit = CreditForWaiter();
  const std::shared_ptr<http::Http2Connection> connection = credit > 0 ? connection_.lock() : nullptr;
  if (connection != nullptr) connection->session().Consume(stream_id_, credit);
  return status;
}

void Inbound::End(const Status& status) {
  MutexLock lock(&mutex_);
  if (end_.has_value()) return;
  const bool cut_short = status.ok() && decoder_.partial();
  end_ = cut_short ? InternalError("stream ended in the middle of a message") : status;
  changed_.NotifyAll();
}

Result<std::optional<std::string>> Inbound::Read(const Context& ctx) {
  if (taken_.empty()) {
    RETURN_IF_ERROR(WaitForFrames(ctx));
    if (taken_.empty()) return std::optional<std::string>();
  }
  Frame frame = std::move(taken_.front());
  taken_.pop_front();
  Consumed(frame.message.size() + kFramePrefixBytes);
  if (!frame.compressed) return std::optional<std::string>(std::move(frame.message));
  return std::optional<std::string>(TRY(Unpack(std::move(frame))));
}

Status Inbound::WaitForFrames(const Context& ctx) {
  {
    MutexLock lock(&mutex_);
    taken_.swap(ready_);
    if (!taken_.empty()) return OkStatus();
    if (end_.has_value()) return *end_;
  }
  runtime::ContextWaiter waiter(ctx, &mutex_, &changed_);
  MutexLock lock(&mutex_);
  waiting_ = true;
  consumed_bytes_ = 0;
  PostCredit(CreditForWaiter());
  Status status;
  while (ready_.empty() && !end_.has_value() && status.ok()) status = waiter.Wait();
  waiting_ = false;
  taken_.swap(ready_);
  if (!taken_.empty()) return OkStatus();
  return end_.has_value() ? *end_ : status;
}

// Nothing is readable, so all that is held belongs to messages already taken and to the one in progress. nghttp2 tells
// the peer only once half a window is free: what the message still needs must fit the other half.
size_t Inbound::CreditForWaiter() {
  const bool needed = held_bytes_ >= window_bytes_ / 4 || held_bytes_ + missing_bytes_ > window_bytes_ / 2;
  return needed ? std::exchange(held_bytes_, 0) : 0;
}

void Inbound::Consumed(size_t bytes) {
  consumed_bytes_ += bytes;
  if (consumed_bytes_ < window_bytes_ / 4) return;
  MutexLock lock(&mutex_);
  // Part of a large message may have been given back while it arrived.
  const size_t credit = std::min(held_bytes_, std::exchange(consumed_bytes_, 0));
  held_bytes_ -= credit;
  PostCredit(credit);
}

void Inbound::PostCredit(size_t bytes) {
  const std::shared_ptr<http::Http2Connection> connection = bytes > 0 ? connection_.lock() : nullptr;
  if (connection == nullptr) return;
  connection->Post([connection = connection.get(), id = stream_id_, bytes] {
    connection->session().Consume(id, bytes);
    connection->Flush();
  });
}

Result<std::string> Inbound::Unpack(Frame frame) {
  Codec codec = Codec::kIdentity;
  {
    MutexLock lock(&mutex_);
    codec = codec_;
  }
  if (codec == Codec::kIdentity) return InternalError("compressed message without grpc-encoding");
  return Decompress(codec, frame.message, message_bytes_max_);
}

}  // namespace epi::rpc
