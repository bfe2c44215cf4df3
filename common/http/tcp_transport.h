// The Transport over a libuv TCP handle. Private to the transport files; others use transport.h.
//
//   read:  socket → [TLS] → handler          write: Write() → [TLS] → kernel, or pending_ → kernel
//
// The handle keeps the object alive: self_ is dropped in the close callback, where OnClosed() is given too.
#pragma once

#include <uv.h>

#include <deque>
#include <optional>

#include "common/http/tls_stream.h"
#include "common/http/transport.h"

namespace epi::http {

class TcpTransport final : public Transport {
 public:
  // Called once: OK when the stream can be used (connected, handshake done), else why not; then it is closing already.
  using OnUsable = std::function<void(const Status&)>;

  static std::shared_ptr<TcpTransport> Make(runtime::Loop* loop);
  ~TcpTransport() override = default;

  // Server: takes a connection from `listener`. `on_closed` runs when the handle is gone.
  Status Accept(uv_stream_t* listener, std::function<void()> on_closed);
  // Client: starts to connect.
  Status Connect(const sockaddr* address, OnUsable on_usable);
  // Makes the connected stream usable: at once, or after a TLS handshake of at most `timeout`.
  void Begin(TlsContext* tls, const std::string& server_name, std::chrono::milliseconds timeout, OnUsable on_usable);

  void SetHandler(Handler* handler) override;
  void PauseReading() override;
  void ResumeReading() override;
  void Write(std::string bytes, std::function<void(const Status&)> written) override;
  size_t buffered_bytes() const override { return buffered_bytes_; }
  void CloseAfterFlush() override;
  void Close() override;
  bool closing() const override { return closing_; }
  const std::string& peer_address() const override { return peer_address_; }
  const std::string& local_address() const override { return local_address_; }
  bool tls() const override { return tls_ != nullptr; }
  std::string_view alpn() const override { return tls_ == nullptr ? std::string_view() : tls_->alpn(); }
  const std::string& peer_subject() const override { return peer_subject_; }

 private:
  struct Chunk {
    std::string bytes;
    std::function<void(const Status&)> written;
  };
  struct WriteRequest;

  explicit TcpTransport(runtime::Loop* loop) : loop_(loop) {}
  uv_stream_t* stream() { return reinterpret_cast<uv_stream_t*>(&tcp_); }
  void NoteAddresses();

  void OnSocketBytes(std::string_view bytes);
  void OnHandshakeBytes(std::string_view bytes);
  void Deliver(std::string_view plaintext);
  void UpdateReading();
  static void OnRead(uv_stream_t* stream, ssize_t size, const uv_buf_t* buffer);

  void SendRaw(std::string bytes, std::function<void(const Status&)> written);
  size_t TryWrite(std::string_view bytes);
  void FlushPending();
  void OnWritten(WriteRequest* request, const Status& status);
  void NoteDrained();

  void Linger();
  void Fail(Status status);
  void FailLater(Status status);
  void CloseHandle();
  void OnHandleClosed();

  runtime::Loop* const loop_;
  uv_tcp_t tcp_{};
  uv_connect_t connect_{};
  uv_shutdown_t shutdown_{};
  std::shared_ptr<TcpTransport> self_;
  std::unique_ptr<runtime::Timer> timer_;  // handshake, later the flush before a close
  std::unique_ptr<TlsStream> tls_;
  OnUsable on_usable_;
  std::function<void()> on_closed_;
  std::string peer_address_;
  std::string local_address_;
  std::string peer_subject_;

  Handler* handler_ = nullptr;
  std::string unread_;  // plaintext that came before there was a handler
  bool reading_ = false;
  bool paused_ = false;

  std::deque<Chunk> pending_;
  bool write_in_flight_ = false;
  bool was_congested_ = false;
  size_t buffered_bytes_ = 0;

  bool flush_then_close_ = false;
  bool lingering_ = false;
  size_t lingered_bytes_ = 0;
  bool closing_ = false;
  Status close_status_;
};

// "connection refused", "connection reset by peer", … of a libuv error.
Status UvError(ssize_t error);

}  // namespace epi::http
