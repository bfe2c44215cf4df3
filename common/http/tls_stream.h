// One TLS session without I/O: ciphertext in, plaintext out, and the other way round.
//
// Contract: call Start() once (a client's first flight), then Receive() with what the peer sent; after each call send what
//           TakeOutput() returns, also after an error (it may hold an alert). Send() only after handshake_done().
// Threads:  none; use on one thread (the loop).
// Errors:   Unavailable with OpenSSL's reason: "tls: certificate verify failed: self-signed certificate".
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/http/tls_context.h"

namespace epi::http {

class TlsStream {
 public:
  // `server_name` is what a client expects in the certificate; a name, or an IP address.
  TlsStream(TlsContext* context, const std::string& server_name);
  ~TlsStream();
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  Status Start();
  // Appends what became readable to `plaintext`. `peer_closed()` afterwards says whether the peer ended the session.
  Status Receive(std::string_view ciphertext, std::string* plaintext);
  Status Send(std::string_view plaintext);
  // Queues a close_notify alert.
  void SendClose();
  std::string TakeOutput();

  bool handshake_done() const;
  bool peer_closed() const { return peer_closed_; }
  std::string_view alpn() const;
  // Subject of the peer's certificate if it was verified, RFC 2253.
  std::string peer_subject() const;

 private:
  struct Session;
  Status Advance(std::string* plaintext);
  Status Failure(int result) const;

  const std::unique_ptr<Session> session_;
  bool peer_closed_ = false;
};

}  // namespace epi::http
