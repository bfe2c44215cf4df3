#include "common/http/tls_stream.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "common/base/str_cat.h"
#include "common/http/tls_error.h"

namespace epi::http {

struct TlsStream::Session {
  SSL* ssl = nullptr;
  BIO* input = nullptr;   // owned by ssl
  BIO* output = nullptr;  // owned by ssl
  bool verifies = false;
  std::vector<std::string> allowed_names;
};

namespace {

bool IsIpAddress(const std::string& name) {
  unsigned char bytes[sizeof(in6_addr)];
  return inet_pton(AF_INET, name.c_str(), bytes) == 1 || inet_pton(AF_INET6, name.c_str(), bytes) == 1;
}

void ExpectServerName(SSL* ssl, const std::string& name) {
  if (IsIpAddress(name)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str());
    return;
  }
  SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(name.c_str()));
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  SSL_set1_host(ssl, name.c_str());
}

bool HasUri(X509* certificate, const std::string& uri) {
  auto* names = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  bool found = false;
  for (int i = 0; i < sk_GENERAL_NAME_num(names) && !found; ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
    if (name->type != GEN_URI) continue;
    const ASN1_IA5STRING* text = name->d.uniformResourceIdentifier;
    found = std::string_view(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                             static_cast<size_t>(ASN1_STRING_length(text))) == uri;
  }
  GENERAL_NAMES_free(names);
  return found;
}

// Whether the certificate carries one of the names as subject alternative name.
bool HasName(X509* certificate, const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(), [certificate](const std::string& name) {
    return X509_check_host(certificate, name.data(), name.size(), X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, nullptr) == 1 ||
           X509_check_ip_asc(certificate, name.c_str(), 0) == 1 ||
           X509_check_email(certificate, name.data(), name.size(), X509_CHECK_FLAG_NEVER_CHECK_SUBJECT) == 1 ||
           HasUri(certificate, name);
  });
}

}  // namespace

TlsStream::TlsStream(TlsContext* context, const std::string& server_name) : session_(std::make_unique<Session>()) {
  SSL_CTX* ctx = context->Acquire();
  session_->ssl = SSL_new(ctx);
  SSL_CTX_free(ctx);
  session_->input = BIO_new(BIO_s_mem());
  session_->output = BIO_new(BIO_s_mem());
  CHECK(session_->ssl != nullptr && session_->input != nullptr && session_->output != nullptr);
  BIO_ctrl(session_->input, BIO_C_SET_BUF_MEM_EOF_RETURN, -1, nullptr);
  SSL_set_bio(session_->ssl, session_->input, session_->output);
  const TlsOptions& options = context->options();
  const bool any_client = options.client_auth == ClientAuth::kRequest || options.client_auth == ClientAuth::kRequireAny;
  session_->verifies = SSL_get_verify_mode(session_->ssl) != SSL_VERIFY_NONE && !any_client;
  session_->allowed_names = options.client_allowed_sans;
  if (options.role == TlsRole::kServer) {
    SSL_set_accept_state(session_->ssl);
    return;
  }
  SSL_set_connect_state(session_->ssl);
  if (!server_name.empty()) ExpectServerName(session_->ssl, server_name);
}

TlsStream::~TlsStream() { SSL_free(session_->ssl); }

Status TlsStream::Start() {
  std::string nothing;
  return Advance(&nothing);
}

Status TlsStream::Receive(std::string_view ciphertext, std::string* plaintext) {
  while (!ciphertext.empty()) {
    const size_t size = std::min(ciphertext.size(), size_t{1} << 30);
    CHECK(BIO_write(session_->input, ciphertext.data(), static_cast<int>(size)) == static_cast<int>(size));
    ciphertext.remove_prefix(size);
  }
  return Advance(plaintext);
}

Status TlsStream::Advance(std::string* plaintext) {
  ERR_clear_error();
  if (!handshake_done()) {
    const int result = SSL_do_handshake(session_->ssl);
    if (result != 1) return Failure(result);
    X509* certificate = SSL_get0_peer_certificate(session_->ssl);
    const std::vector<std::string>& allowed = session_->allowed_names;
    if (certificate != nullptr && !allowed.empty() && !HasName(certificate, allowed)) {
      return UnavailableError("tls: client certificate carries no allowed name");
    }
  }
  while (!peer_closed_) {
    constexpr size_t kRecordBytes = 16384;
    const size_t before = plaintext->size();
    plaintext->resize(before + kRecordBytes);
    const int result = SSL_read(session_->ssl, plaintext->data() + before, static_cast<int>(kRecordBytes));
    plaintext->resize(before + static_cast<size_t>(std::max(result, 0)));
    if (result > 0) continue;
    if (SSL_get_error(session_->ssl, result) != SSL_ERROR_ZERO_RETURN) return Failure(result);
    peer_closed_ = true;
  }
  return OkStatus();
}

Status TlsStream::Failure(int result) const {
  const int error = SSL_get_error(session_->ssl, result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return OkStatus();
  const long verify = SSL_get_verify_result(session_->ssl);
  std::string text = StrCat("tls: ", TakeTlsError());
  if (session_->verifies && verify != X509_V_OK) StrAppend(&text, ": ", X509_verify_cert_error_string(verify));
  return UnavailableError(std::move(text));
}

Status TlsStream::Send(std::string_view plaintext) {
  ERR_clear_error();
  while (!plaintext.empty()) {
    const int size = static_cast<int>(std::min(plaintext.size(), size_t{1} << 30));
    const int result = SSL_write(session_->ssl, plaintext.data(), size);
    if (result <= 0) return UnavailableError(StrCat("tls: ", TakeTlsError()));
    plaintext.remove_prefix(static_cast<size_t>(result));
  }
  return OkStatus();
}

void TlsStream::SendClose() {
  ERR_clear_error();
  if (handshake_done()) SSL_shutdown(session_->ssl);
  ERR_clear_error();
}

std::string TlsStream::TakeOutput() {
  std::string bytes(BIO_ctrl_pending(session_->output), '\0');
  if (!bytes.empty()) BIO_read(session_->output, bytes.data(), static_cast<int>(bytes.size()));
  return bytes;
}

bool TlsStream::handshake_done() const { return SSL_is_init_finished(session_->ssl) == 1; }

std::string_view TlsStream::alpn() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(session_->ssl, &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

std::string TlsStream::peer_subject() const {
  const X509* certificate = SSL_get0_peer_certificate(session_->ssl);
  if (certificate == nullptr || !session_->verifies || SSL_get_verify_result(session_->ssl) != X509_V_OK) return "";
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new(BIO_s_mem()), &BIO_free);
  X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
  std::string result(BIO_ctrl_pending(text.get()), '\0');
  if (!result.empty()) BIO_read(text.get(), result.data(), static_cast<int>(result.size()));
  return result;
}

}  // namespace epi::http
