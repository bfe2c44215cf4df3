#include "common/http/tls_context.h"

namespace epi::http {
namespace {

int VersionNumber(config::TlsVersion version) { return 10 + static_cast<int>(version); }
static_assert(static_cast<int>(config::TlsVersion::kTls10) == 0 && static_cast<int>(config::TlsVersion::kTls13) == 3);

}  // namespace

TlsOptions ServerTlsOptions(const config::TlsServerConfig& config) {
  TlsOptions options;
  options.role = TlsRole::kServer;
  options.certificate_file = config.cert_file;
  options.certificate_pem = config.cert;
  options.key_file = config.key_file;
  options.key_pem = config.key.Reveal();
  options.ca_file = config.client_ca_file;
  options.ca_pem = config.client_ca;
  options.client_auth = config.client_auth;
  options.client_allowed_sans = config.client_allowed_sans;
  options.version_min = VersionNumber(config.min_version);
  options.version_max = VersionNumber(config.max_version);
  options.ciphers = config.cipher_suites;
  options.curves = config.curve_preferences;
  return options;
}

TlsOptions ClientTlsOptions(const config::TlsClientConfig& config) {
  TlsOptions options;
  options.role = TlsRole::kClient;
  options.certificate_file = config.cert_file;
  options.certificate_pem = config.cert;
  options.key_file = config.key_file;
  options.key_pem = config.key.Reveal();
  options.ca_file = config.ca_file;
  options.ca_pem = config.ca;
  options.skip_verify = config.insecure_skip_verify;
  if (config.min_version.has_value()) options.version_min = VersionNumber(*config.min_version);
  if (config.max_version.has_value()) options.version_max = VersionNumber(*config.max_version);
  return options;
}

}  // namespace epi::http
