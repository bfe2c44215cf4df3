#include "common/http/tcp_transport.h"

#include <algorithm>
#include <vector>

#include "common/base/check.h"
#include "common/http/address.h"

namespace epi::http {
namespace {

// One per thread that runs a loop: libuv hands each read to us before it starts the next.
char* ReadBuffer() {
  thread_local const std::unique_ptr<char[]> buffer(new char[kReadBytes]);
  return buffer.get();
}

void GiveReadBuffer(uv_handle_t*, size_t, uv_buf_t* buffer) { *buffer = uv_buf_init(ReadBuffer(), kReadBytes); }

}  // namespace

Status UvError(ssize_t error) {
  if (error == UV_EOF) return UnavailableError("connection closed by peer");
  return UnavailableError(uv_strerror(static_cast<int>(error)));
}

std::shared_ptr<TcpTransport> TcpTransport::Make(runtime::Loop* loop) {
  std::shared_ptr<TcpTransport> transport(new TcpTransport(loop));
  CHECK(uv_tcp_init(loop->uv(), &transport->tcp_) == 0);
  transport->tcp_.data = transport.get();
  transport->self_ = transport;
  return transport;
}

Status TcpTransport::Accept(uv_stream_t* listener, std::function<void()> on_closed) {
  on_closed_ = std::move(on_closed);
  const int error = uv_accept(listener, stream());
  if (error == 0) {
    NoteAddresses();
    return OkStatus();
  }
  Close();
  return UvError(error);
}

Status TcpTransport::Connect(const sockaddr* address, OnUsable on_usable) {
  on_usable_ = std::move(on_usable);
  const int error = uv_tcp_connect(&connect_, &tcp_, address, [](uv_connect_t* request, int result) {
    auto* self = static_cast<TcpTransport*>(request->handle->data);
    if (self->closing_) return;
    OnUsable done = std::move(self->on_usable_);
    if (result == 0) {
      self->NoteAddresses();
      done(OkStatus());
      return;
    }
    self->Close();
    done(UvError(result));
  });
  if (error == 0) return OkStatus();
  Close();
  return UvError(error);
}

void TcpTransport::NoteAddresses() {
  sockaddr_storage storage;
  auto* address = reinterpret_cast<sockaddr*>(&storage);
  int size = sizeof(storage);
  if (uv_tcp_getpeername(&tcp_, address, &size) == 0) peer_address_ = AddressText(address);
  size = sizeof(storage);
  if (uv_tcp_getsockname(&tcp_, address, &size) == 0) local_address_ = AddressText(address);
  uv_tcp_nodelay(&tcp_, 1);
  uv_tcp_keepalive(&tcp_, 1, static_cast<unsigned>(kTcpKeepaliveDelay.count()));
}

void TcpTransport::Begin(TlsContext* tls, const std::string& server_name, std::chrono::milliseconds timeout,
                         OnUsable on_usable) {
  if (tls == nullptr) {
    on_usable(OkStatus());
    return;
  }
  on_usable_ = std::move(on_usable);
  tls_ = std::make_unique<TlsStream>(tls, server_name);
  timer_ = std::make_unique<runtime::Timer>(loop_);
  timer_->Start(timeout, [this] { Fail(DeadlineExceededError("TLS handshake timed out")); });
  const Status started = tls_->Start();
  SendRaw(tls_->TakeOutput(), nullptr);
  if (!started.ok()) FailLater(started);
  UpdateReading();
}

void TcpTransport::SetHandler(Handler* handler) {
  handler_ = handler;
  UpdateReading();
  if (handler == nullptr || unread_.empty()) return;
  loop_->Post([self = shared_from_this(), this] {
    if (handler_ == nullptr || closing_) return;
    const std::string bytes = std::exchange(unread_, {});
    if (!bytes.empty()) handler_->OnBytes(bytes);
  });
}

void TcpTransport::PauseReading() {
  paused_ = true;
  UpdateReading();
}

void TcpTransport::ResumeReading() {
  paused_ = false;
  UpdateReading();
}

void TcpTransport::UpdateReading() {
  const bool handshaking = tls_ != nullptr && on_usable_ != nullptr;
  const bool wanted = !closing_ && ((handler_ != nullptr && !paused_) || handshaking || lingering_);
  if (wanted == reading_) return;
  reading_ = wanted;
  if (wanted) {
    uv_read_start(stream(), &GiveReadBuffer, &TcpTransport::OnRead);
  } else {
    uv_read_stop(stream());
  }
}

void TcpTransport::OnRead(uv_stream_t* stream, ssize_t size, const uv_buf_t* buffer) {
  auto* self = static_cast<TcpTransport*>(stream->data);
  if (size < 0) {
    self->Fail(UvError(size));
  } else if (size > 0) {
    const std::shared_ptr<TcpTransport> alive = self->self_;
    self->OnSocketBytes(std::string_view(buffer->base, static_cast<size_t>(size)));
  }
}

void TcpTransport::OnSocketBytes(std::string_view bytes) {
  if (lingering_) {
    lingered_bytes_ += bytes.size();
    if (lingered_bytes_ > kLingerBytesMax) CloseHandle();
    return;
  }
  if (tls_ == nullptr) {
    Deliver(bytes);
    return;
  }
  std::string plaintext;
  const Status status = tls_->Receive(bytes, &plaintext);
  SendRaw(tls_->TakeOutput(), nullptr);
  if (status.ok() && on_usable_ && tls_->handshake_done()) {
    timer_.reset();
    peer_subject_ = tls_->peer_subject();
    const OnUsable usable = std::exchange(on_usable_, nullptr);
    usable(OkStatus());
    UpdateReading();
  }
  if (!plaintext.empty()) Deliver(plaintext);
  if (flush_then_close_) return;  // The peer may have ended its direction, and still read ours.
  if (!status.ok()) Fail(status);
  if (tls_->peer_closed()) Fail(UvError(UV_EOF));
}

void TcpTransport::Deliver(std::string_view plaintext) {
  if (closing_ || flush_then_close_) return;
  if (handler_ == nullptr) {
    unread_.append(plaintext);
    return;
  }
  if (unread_.empty()) {
    handler_->OnBytes(plaintext);
    return;
  }
  const std::string bytes = std::exchange(unread_, {}) + std::string(plaintext);
  handler_->OnBytes(bytes);
}

void TcpTransport::Write(std::string bytes, std::function<void(const Status&)> written) {
  if (closing_ || flush_then_close_) return;
  if (tls_ == nullptr) {
    SendRaw(std::move(bytes), std::move(written));
    return;
  }
  const Status status = tls_->Send(bytes);
  if (!status.ok()) FailLater(status);
  SendRaw(tls_->TakeOutput(), std::move(written));
}

void TcpTransport::SendRaw(std::string bytes, std::function<void(const Status&)> written) {
  if (closing_ || (bytes.empty() && !written)) return;
  // With a callback uv_write() does the same: it writes at once, and reports from the loop.
  if (!written && pending_.empty() && !write_in_flight_) bytes.erase(0, TryWrite(bytes));
  if (bytes.empty() && !written) return;
  buffered_bytes_ += bytes.size();
  was_congested_ = was_congested_ || congested();
  pending_.push_back({std::move(bytes), std::move(written)});
  FlushPending();
}

// How many bytes the kernel took at once.
size_t TcpTransport::TryWrite(std::string_view bytes) {
  if (bytes.empty()) return 0;
  const uv_buf_t buffer = uv_buf_init(const_cast<char*>(bytes.data()), static_cast<unsigned>(bytes.size()));
  const int taken = uv_try_write(stream(), &buffer, 1);
  if (taken >= 0) return static_cast<size_t>(taken);
  if (taken != UV_EAGAIN) FailLater(UvError(taken));
  return 0;
}

struct TcpTransport::WriteRequest {
  uv_write_t uv;
  std::shared_ptr<TcpTransport> transport;
  std::vector<Chunk> chunks;
};

void TcpTransport::FlushPending() {
  if (write_in_flight_ || closing_) return;
  if (pending_.empty()) {
    if (flush_then_close_) Linger();
    return;
  }
  constexpr size_t kChunksMax = 64;
  auto* request = new WriteRequest{{}, self_, {}};
  uv_buf_t buffers[kChunksMax];
  unsigned count = 0;
  while (!pending_.empty() && count < kChunksMax) {
    request->chunks.push_back(std::move(pending_.front()));
    pending_.pop_front();
    ++count;
  }
  for (unsigned i = 0; i < count; ++i) {
    std::string& bytes = request->chunks[i].bytes;
    buffers[i] = uv_buf_init(bytes.data(), static_cast<unsigned>(bytes.size()));
  }
  request->uv.data = request;
  write_in_flight_ = true;
  const int error = uv_write(&request->uv, stream(), buffers, count, [](uv_write_t* uv, int result) {
    const std::unique_ptr<WriteRequest> done(static_cast<WriteRequest*>(uv->data));
    done->transport->OnWritten(done.get(), result == 0 ? OkStatus() : UvError(result));
  });
  if (error == 0) return;
  loop_->Post([request, error] {
    const std::unique_ptr<WriteRequest> done(request);
    done->transport->OnWritten(done.get(), UvError(error));
  });
}

void TcpTransport::OnWritten(WriteRequest* request, const Status& status) {
  write_in_flight_ = false;
  for (Chunk& chunk : request->chunks) {
    buffered_bytes_ -= chunk.bytes.size();
    if (chunk.written) chunk.written(closing_ && !close_status_.ok() ? close_status_ : status);
  }
  if (closing_) return;
  if (!status.ok()) {
    Fail(status);
    return;
  }
  FlushPending();
  NoteDrained();
}

void TcpTransport::NoteDrained() {
  if (!was_congested_ || buffered_bytes_ > kWriteLowWaterBytes) return;
  was_congested_ = false;
  if (handler_ != nullptr && !closing_) handler_->OnDrained();
}

void TcpTransport::CloseAfterFlush() {
  handler_ = nullptr;
  if (closing_ || flush_then_close_) return;
  if (tls_ != nullptr) {
    tls_->SendClose();
    SendRaw(tls_->TakeOutput(), nullptr);
  }
  flush_then_close_ = true;
  if (closing_) return;
  timer_ = std::make_unique<runtime::Timer>(loop_);
  timer_->Start(kFlushTimeout, [this] { CloseHandle(); });
  UpdateReading();
  FlushPending();
}

// Closing a socket with unread input makes the kernel send a reset, which can destroy our last bytes at the peer. So end
// our direction, and read on for a moment.
void TcpTransport::Linger() {
  if (lingering_) return;
  lingering_ = true;
  const int error = uv_shutdown(&shutdown_, stream(), [](uv_shutdown_t*, int) {});
  if (error != 0) {
    CloseHandle();
    return;
  }
  timer_->Start(kLingerTimeout, [this] { CloseHandle(); });
  UpdateReading();
}

void TcpTransport::Close() {
  handler_ = nullptr;
  CloseHandle();
}

void TcpTransport::Fail(Status status) {
  if (closing_) return;
  close_status_ = std::move(status);
  CloseHandle();
}

void TcpTransport::FailLater(Status status) {
  loop_->Post([this, alive = shared_from_this(), status = std::move(status)] { Fail(status); });
}

void TcpTransport::CloseHandle() {
  if (closing_) return;
  closing_ = true;
  reading_ = false;
  timer_.reset();
  uv_close(reinterpret_cast<uv_handle_t*>(&tcp_),
           [](uv_handle_t* handle) { static_cast<TcpTransport*>(handle->data)->OnHandleClosed(); });
}

void TcpTransport::OnHandleClosed() {
  const std::shared_ptr<TcpTransport> alive = std::move(self_);
  if (close_status_.ok()) close_status_ = CancelledError("connection closed");
  for (Chunk& chunk : std::exchange(pending_, {})) {
    if (chunk.written) chunk.written(close_status_);
  }
  buffered_bytes_ = 0;
  if (on_usable_) std::exchange(on_usable_, nullptr)(close_status_);
  if (handler_ != nullptr) std::exchange(handler_, nullptr)->OnClosed(close_status_);
  if (on_closed_) std::exchange(on_closed_, nullptr)();
}

}  // namespace epi::http
