#include "common/config/tls_config.h"

#include <array>

#include "common/base/edit_distance.h"
#include "common/base/str_cat.h"

namespace epi::config {
namespace {

constexpr std::array<std::string_view, 4> kVersionNames = {"TLS10", "TLS11", "TLS12", "TLS13"};
constexpr std::array<std::string_view, 4> kVersionNumbers = {"1.0", "1.1", "1.2", "1.3"};
constexpr std::array<std::string_view, 5> kClientAuthNames = {"NoClientCert", "RequestClientCert", "RequireAnyClientCert",
                                                              "VerifyClientCertIfGiven", "RequireAndVerifyClientCert"};

Status BothGiven(std::string_view name) { return InvalidArgumentError(StrCat(name, " and ", name, "_file exclude each other")); }

}  // namespace

Result<TlsVersion> ParseTlsVersion(std::string_view text) {
  for (size_t i = 0; i < kVersionNames.size(); ++i) {
    if (text == kVersionNames[i] || text == kVersionNumbers[i]) return static_cast<TlsVersion>(i);
  }
  return InvalidArgumentError(StrCat("unknown TLS version \"", text, "\", expected TLS10 to TLS13"));
}

std::string_view TlsVersionText(TlsVersion version) { return kVersionNames.at(static_cast<size_t>(version)); }

Status DecodeYaml(const YamlNode& node, TlsVersion* out) {
  const Result<TlsVersion> version = ParseTlsVersion(node.text());
  if (!version.ok()) return node.Error(version.status().message());
  *out = *version;
  return {};
}

Status DecodeYaml(const YamlNode& node, ClientAuth* out) {
  for (size_t i = 0; i < kClientAuthNames.size(); ++i) {
    if (node.text() != kClientAuthNames[i]) continue;
    *out = static_cast<ClientAuth>(i);
    return {};
  }
  const std::vector<std::string> names(kClientAuthNames.begin(), kClientAuthNames.end());
  return node.Error(StrCat("unknown client_auth_type \"", node.text(), "\"", DidYouMean(node.text(), names)));
}

Status DecodeYaml(const YamlNode& node, TlsClientConfig* out) {
  YamlFields fields(node);
  fields.Field("ca", &out->ca).Field("ca_file", &out->ca_file);
  fields.Field("cert", &out->cert).Field("cert_file", &out->cert_file);
  fields.Field("key", &out->key).Field("key_file", &out->key_file);
  fields.Field("server_name", &out->server_name).Field("insecure_skip_verify", &out->insecure_skip_verify);
  fields.Field("min_version", &out->min_version).Field("max_version", &out->max_version);
  RETURN_IF_ERROR(fields.Finish());
  if (!out->ca.empty() && !out->ca_file.empty()) return node.Error(BothGiven("ca").message());
  if (!out->cert.empty() && !out->cert_file.empty()) return node.Error(BothGiven("cert").message());
  if (!out->key.empty() && !out->key_file.empty()) return node.Error(BothGiven("key").message());
  const bool has_cert = !out->cert.empty() || !out->cert_file.empty();
  const bool has_key = !out->key.empty() || !out->key_file.empty();
  if (has_cert != has_key) return node.Error("a client certificate needs both certificate and key");
  return {};
}

Status TlsServerConfig::Validate() const {
  if (!cert.empty() && !cert_file.empty()) return BothGiven("cert");
  if (!key.empty() && !key_file.empty()) return BothGiven("key");
  if (!client_ca.empty() && !client_ca_file.empty()) return BothGiven("client_ca");
  const bool has_key = !key.empty() || !key_file.empty();
  if (enabled() != has_key) return InvalidArgumentError("TLS needs both certificate and key");
  const bool has_ca = !client_ca.empty() || !client_ca_file.empty();
  const bool verifies = client_auth == ClientAuth::kVerifyIfGiven || client_auth == ClientAuth::kRequireAndVerify;
  if (verifies && !has_ca) return InvalidArgumentError("client certificates cannot be verified without client_ca_file");
  if (has_ca && !enabled()) return InvalidArgumentError("client_ca_file needs a server certificate and key");
  if (min_version > max_version) return InvalidArgumentError("min_version is above max_version");
  return {};
}

Status DecodeYaml(const YamlNode& node, TlsServerConfig* out) {
  YamlFields fields(node);
  fields.Field("cert", &out->cert).Field("cert_file", &out->cert_file);
  fields.Field("key", &out->key).Field("key_file", &out->key_file);
  fields.Field("client_ca", &out->client_ca).Field("client_ca_file", &out->client_ca_file);
  fields.Field("client_auth_type", &out->client_auth).Field("client_allowed_sans", &out->client_allowed_sans);
  fields.Field("min_version", &out->min_version).Field("max_version", &out->max_version);
  fields.Field("cipher_suites", &out->cipher_suites).Field("curve_preferences", &out->curve_preferences);
  // The order is the server's in every TLS library of today.
  fields.Ignore("prefer_server_cipher_suites");
  RETURN_IF_ERROR(fields.Finish());
  if (Status status = out->Validate(); !status.ok()) return node.Error(status.message());
  return {};
}

}  // namespace epi::config
