#include "common/http/tls_keys.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "common/base/str_cat.h"
#include "common/http/tls_error.h"

namespace epi::http {
namespace {

using BioPtr = std::unique_ptr<BIO, decltype(&BIO_free)>;
using X509Ptr = std::unique_ptr<X509, decltype(&X509_free)>;
using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

BioPtr OpenText(const std::string& pem) {
  return {BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free};
}

// Instead of asking the terminal for the password of an encrypted key.
int NoPassword(char*, int, int, void*) { return 0; }

Status Failed(std::string_view what) { return InvalidArgumentError(StrCat(what, ": ", TakeTlsError())); }

bool UseCertificateText(SSL_CTX* context, const std::string& pem) {
  const BioPtr text = OpenText(pem);
  const X509Ptr leaf(PEM_read_bio_X509(text.get(), nullptr, &NoPassword, nullptr), &X509_free);
  if (leaf == nullptr || SSL_CTX_use_certificate(context, leaf.get()) != 1) return false;
  SSL_CTX_ctrl(context, SSL_CTRL_CHAIN, 0, nullptr);
  while (X509* link = PEM_read_bio_X509(text.get(), nullptr, &NoPassword, nullptr)) {
    if (SSL_CTX_ctrl(context, SSL_CTRL_CHAIN_CERT, 0, link) == 1) continue;
    X509_free(link);
    return false;
  }
  ERR_clear_error();  // The end of the text is reported as a missing start line.
  return true;
}

bool UseKeyText(SSL_CTX* context, const std::string& pem) {
  const BioPtr text = OpenText(pem);
  const KeyPtr key(PEM_read_bio_PrivateKey(text.get(), nullptr, &NoPassword, nullptr), &EVP_PKEY_free);
  return key != nullptr && SSL_CTX_use_PrivateKey(context, key.get()) == 1;
}

Status LoadOwnCertificate(const TlsOptions& options, SSL_CTX* context) {
  if (!options.certificate_pem.empty()) {
    if (!UseCertificateText(context, options.certificate_pem)) return Failed("certificate");
  } else if (options.certificate_file.empty()) {
    return OkStatus();
  } else if (SSL_CTX_use_certificate_chain_file(context, options.certificate_file.c_str()) != 1) {
    return Failed(options.certificate_file);
  }
  const bool text = !options.key_pem.empty();
  const bool loaded = text ? UseKeyText(context, options.key_pem)
                           : SSL_CTX_use_PrivateKey_file(context, options.key_file.c_str(), SSL_FILETYPE_PEM) == 1;
  if (!loaded || SSL_CTX_check_private_key(context) != 1) return Failed(text ? "key" : options.key_file);
  return OkStatus();
}

Status TrustCaText(SSL_CTX* context, const std::string& pem, bool server) {
  const BioPtr text = OpenText(pem);
  size_t count = 0;
  for (;;) {
    const X509Ptr ca(PEM_read_bio_X509(text.get(), nullptr, &NoPassword, nullptr), &X509_free);
    if (ca == nullptr) break;
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), ca.get()) != 1) return Failed("CA");
    if (server) SSL_CTX_add_client_CA(context, ca.get());
    ++count;
  }
  if (count == 0) return Failed("CA");
  ERR_clear_error();
  return OkStatus();
}

Status LoadTrust(const TlsOptions& options, SSL_CTX* context) {
  const bool server = options.role == TlsRole::kServer;
  if (!options.ca_pem.empty()) return TrustCaText(context, options.ca_pem, server);
  if (options.ca_file.empty()) {
    if (!server) SSL_CTX_set_default_verify_paths(context);
    return OkStatus();
  }
  if (SSL_CTX_load_verify_file(context, options.ca_file.c_str()) != 1) return Failed(options.ca_file);
  if (server) SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(options.ca_file.c_str()));
  return OkStatus();
}

}  // namespace

Status LoadTlsKeys(const TlsOptions& options, SSL_CTX* context) {
  SSL_CTX_set_default_passwd_cb(context, &NoPassword);
  RETURN_IF_ERROR(LoadOwnCertificate(options, context));
  return LoadTrust(options, context);
}

}  // namespace epi::http
