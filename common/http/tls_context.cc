#include "common/http/tls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include <chrono>

#include "common/base/str_cat.h"
#include "common/http/limits.h"
#include "common/http/tls_error.h"
#include "common/http/tls_keys.h"

namespace epi::http {
namespace {

using ContextPtr = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

// What tells two versions of the files apart.
std::string Fingerprint(const TlsOptions& options) {
  std::string text;
  for (const std::string& file : {options.certificate_file, options.key_file, options.ca_file}) {
    struct stat info {};
    if (file.empty() || stat(file.c_str(), &info) != 0) info = {};
    StrAppend(&text, static_cast<uint64_t>(info.st_ino), " ", static_cast<int64_t>(info.st_size), " ",
              static_cast<int64_t>(info.st_mtim.tv_sec), " ", static_cast<int64_t>(info.st_mtim.tv_nsec), "\n");
  }
  return text;
}

int ProtocolVersion(int version) {
  switch (version) {
    case 10: return TLS1_VERSION;
    case 11: return TLS1_1_VERSION;
    case 12: return TLS1_2_VERSION;
    default: return TLS1_3_VERSION;
  }
}

int VerifyMode(const TlsOptions& options) {
  if (options.role == TlsRole::kClient) return options.skip_verify ? SSL_VERIFY_NONE : SSL_VERIFY_PEER;
  switch (options.client_auth) {
    case ClientAuth::kNone: return SSL_VERIFY_NONE;
    case ClientAuth::kRequest:
    case ClientAuth::kVerifyIfGiven: return SSL_VERIFY_PEER;
    default: return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  }
}

bool TakesAnyCertificate(const TlsOptions& options) {
  return options.role == TlsRole::kServer &&
         (options.client_auth == ClientAuth::kRequest || options.client_auth == ClientAuth::kRequireAny);
}

int AcceptAny(int, X509_STORE_CTX*) { return 1; }

// Go writes IANA's names, and leaves the hash out of the ChaCha suites.
std::string OpensslCipher(const std::string& name) {
  const std::string with_hash = name.ends_with("CHACHA20_POLY1305") ? name + "_SHA256" : name;
  const std::string_view known = OPENSSL_cipher_name(with_hash.c_str());
  return known == "(NONE)" ? name : std::string(known);
}

std::string OpensslCurve(const std::string& name) {
  if (name.starts_with("CurveP")) return "P-" + name.substr(6);
  return name;
}

Status SetCiphersAndCurves(const TlsOptions& options, SSL_CTX* context) {
  std::string ciphers;
  for (const std::string& name : options.ciphers) {
    if (name.starts_with("TLS_AES_") || name.starts_with("TLS_CHACHA20_")) continue;  // TLS 1.3: always on
    StrAppend(&ciphers, ciphers.empty() ? "" : ":", OpensslCipher(name));
  }
  if (!ciphers.empty() && SSL_CTX_set_cipher_list(context, ciphers.c_str()) != 1) {
    return InvalidArgumentError(StrCat("TLS cipher list \"", ciphers, "\": ", TakeTlsError()));
  }
  std::string curves;
  for (const std::string& name : options.curves) StrAppend(&curves, curves.empty() ? "" : ":", OpensslCurve(name));
  if (!curves.empty() && SSL_CTX_set1_groups_list(context, curves.c_str()) != 1) {
    return InvalidArgumentError(StrCat("TLS curves \"", curves, "\": ", TakeTlsError()));
  }
  return OkStatus();
}

std::string AlpnWire(const std::vector<std::string>& protocols) {
  std::string wire;
  for (const std::string& name : protocols) {
    wire.push_back(static_cast<char>(name.size()));
    wire += name;
  }
  return wire;
}

// Our first protocol that the client also offers; without one in common the session goes on without ALPN.
int SelectAlpn(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in, unsigned in_size,
               void* options) {
  const std::string ours = AlpnWire(static_cast<const TlsOptions*>(options)->alpn);
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, reinterpret_cast<const unsigned char*>(ours.data()),
                            static_cast<unsigned>(ours.size()), in, in_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  // `chosen` points into our list, which ends with this call: answer with the client's spelling.
  const std::string_view name(reinterpret_cast<const char*>(chosen), *out_size);
  const std::string_view offered(reinterpret_cast<const char*>(in), in_size);
  for (size_t i = 0; i < offered.size(); i += 1 + static_cast<unsigned char>(offered[i])) {
    if (offered.substr(i + 1, static_cast<unsigned char>(offered[i])) == name) {
      *out = in + i + 1;
      return SSL_TLSEXT_ERR_OK;
    }
  }
  return SSL_TLSEXT_ERR_NOACK;
}

void SetAlpn(const TlsOptions& options, SSL_CTX* context) {
  if (options.alpn.empty()) return;
  if (options.role == TlsRole::kServer) {
    SSL_CTX_set_alpn_select_cb(context, &SelectAlpn, const_cast<TlsOptions*>(&options));
    return;
  }
  const std::string wire = AlpnWire(options.alpn);
  SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>(wire.data()),
                          static_cast<unsigned>(wire.size()));
}

Result<ContextPtr> Build(const TlsOptions& options) {
  const bool server = options.role == TlsRole::kServer;
  ContextPtr context(SSL_CTX_new(server ? TLS_server_method() : TLS_client_method()), &SSL_CTX_free);
  CHECK(context != nullptr);
  SSL_CTX* raw = context.get();
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                               SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_session_id_context(raw, reinterpret_cast<const unsigned char*>("epi"), 3);
  SSL_CTX_set_min_proto_version(raw, ProtocolVersion(options.version_min));
  SSL_CTX_set_max_proto_version(raw, ProtocolVersion(options.version_max));
  SSL_CTX_set_verify(raw, VerifyMode(options), TakesAnyCertificate(options) ? &AcceptAny : nullptr);
  SetAlpn(options, raw);
  RETURN_IF_ERROR(SetCiphersAndCurves(options, raw));
  RETURN_IF_ERROR(LoadTlsKeys(options, raw));
  return context;
}

}  // namespace

struct TlsContext::State {
  ContextPtr context{nullptr, &SSL_CTX_free};
  std::string fingerprint;
  std::string reload_error;
  std::chrono::steady_clock::time_point checked;
};

TlsContext::TlsContext(TlsOptions options) : options_(std::move(options)), state_(std::make_unique<State>()) {}

TlsContext::~TlsContext() = default;

Result<std::shared_ptr<TlsContext>> TlsContext::Make(TlsOptions options) {
  const bool certificate = !options.certificate_file.empty() || !options.certificate_pem.empty();
  const bool key = !options.key_file.empty() || !options.key_pem.empty();
  if (options.role == TlsRole::kServer && !certificate) return InvalidArgumentError("TLS server needs a certificate");
  if (certificate != key) {
    return InvalidArgumentError("TLS certificate and key must be given together");
  }
  const bool verifies_clients = options.client_auth == ClientAuth::kVerifyIfGiven ||
                                options.client_auth == ClientAuth::kRequireAndVerify;
  if (options.role == TlsRole::kServer && verifies_clients && options.ca_file.empty() &&
      options.ca_pem.empty()) {
    return InvalidArgumentError("TLS client verification needs a CA file");
  }
  std::shared_ptr<TlsContext> result(new TlsContext(std::move(options)));
  MutexLock lock(&result->mutex_);
  result->state_->fingerprint = Fingerprint(result->options_);
  result->state_->context = TRY(Build(result->options_));
  result->state_->checked = std::chrono::steady_clock::now();
  return result;
}

SSL_CTX* TlsContext::Acquire() {
  MutexLock lock(&mutex_);
  ReloadIfChanged();
  SSL_CTX_up_ref(state_->context.get());
  return state_->context.get();
}

void TlsContext::ReloadIfChanged() {
  const auto now = std::chrono::steady_clock::now();
  if (now - state_->checked < kCertificateCheckPeriod) return;
  state_->checked = now;
  std::string fingerprint = Fingerprint(options_);
  if (fingerprint == state_->fingerprint) return;
  auto context = Build(options_);
  // A failed change is tried again at the next look: certificate and key are seldom replaced in the same instant.
  state_->reload_error = context.ok() ? "" : context.status().ToString();
  if (!context.ok()) return;
  state_->context = std::move(*context);
  state_->fingerprint = std::move(fingerprint);
}

std::string TlsContext::reload_error() const {
  MutexLock lock(&mutex_);
  return state_->reload_error;
}

}  // namespace epi::http
