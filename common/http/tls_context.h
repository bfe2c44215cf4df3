// TLS settings and the certificates they name, read again when a file changes.
//
// Contract: Make() reads everything once, so that a mistake shows at start-up. Later, at most once per
//           kCertificateCheckPeriod, a new session looks at size and time of the files; what cannot be read then leaves the
//           former certificates in use and reload_error() set. Sessions in progress keep what they began with.
// Threads:  safe from any thread.
// Errors:   InvalidArgument, naming the file and what OpenSSL said.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/mutex.h"
#include "common/base/status.h"
#include "common/config/tls_config.h"

struct ssl_ctx_st;

namespace epi::http {

enum class TlsRole { kServer, kClient };
using config::ClientAuth;

struct TlsOptions {
  TlsRole role = TlsRole::kServer;
  std::string certificate_file;  // PEM chain; a client may have none
  std::string key_file;
  std::string ca_file;            // client: empty means the system's; server: whom clients must be signed by
  // The same as text; each wins over its file.
  std::string certificate_pem;
  std::string key_pem;
  std::string ca_pem;
  ClientAuth client_auth = ClientAuth::kNone;
  // Server: a verified client certificate must carry one of these names (DNS, IP, e-mail or URI); empty allows all.
  std::vector<std::string> client_allowed_sans;
  bool skip_verify = false;       // client only: takes any certificate
  int version_min = 12;           // 10, 11, 12, 13 as in TLS 1.x
  int version_max = 13;
  std::vector<std::string> ciphers;  // Go's or OpenSSL's names, for TLS up to 1.2; empty means OpenSSL's choice
  std::vector<std::string> curves;   // "X25519", "CurveP256", …; empty means OpenSSL's choice
  std::vector<std::string> alpn = {"h2", "http/1.1"};  // in order of preference
};

// What configuration files and flags say, in these terms.
TlsOptions ServerTlsOptions(const config::TlsServerConfig& config);
TlsOptions ClientTlsOptions(const config::TlsClientConfig& config);

class TlsContext {
 public:
  static Result<std::shared_ptr<TlsContext>> Make(TlsOptions options);
  ~TlsContext();

  const TlsOptions& options() const { return options_; }
  // The SSL_CTX of now, with the certificates as they are on disk. One reference for the caller.
  ssl_ctx_st* Acquire();
  // Empty, or why the latest change of a file could not be taken over.
  std::string reload_error() const;

 private:
  struct State;
  explicit TlsContext(TlsOptions options);
  void ReloadIfChanged() EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const TlsOptions options_;
  mutable Mutex mutex_;
  const std::unique_ptr<State> state_;
};

}  // namespace epi::http
