// TLS settings of clients and servers, as Prometheus' files spell them. What they mean to OpenSSL is decided in http and rpc.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/config/secret.h"
#include "common/config/yaml.h"

namespace epi::config {

enum class TlsVersion : uint8_t { kTls10, kTls11, kTls12, kTls13 };

// "TLS12" as in files, "1.2" as in flags.
Result<TlsVersion> ParseTlsVersion(std::string_view text);
std::string_view TlsVersionText(TlsVersion version);
Status DecodeYaml(const YamlNode& node, TlsVersion* out);

// tls_config of a client. PEM comes from a file or inline, not both.
struct TlsClientConfig {
  std::string ca;
  std::string ca_file;
  std::string cert;
  std::string cert_file;
  Secret key;
  std::string key_file;
  std::string server_name;
  bool insecure_skip_verify = false;
  std::optional<TlsVersion> min_version;
  std::optional<TlsVersion> max_version;
  friend bool operator==(const TlsClientConfig&, const TlsClientConfig&) = default;
};
Status DecodeYaml(const YamlNode& node, TlsClientConfig* out);

// What a server asks of a client's certificate; Go's names.
enum class ClientAuth : uint8_t { kNone, kRequest, kRequireAny, kVerifyIfGiven, kRequireAndVerify };
Status DecodeYaml(const YamlNode& node, ClientAuth* out);

// tls_server_config of exporter-toolkit's web configuration, and the --grpc-server-tls-* flags.
struct TlsServerConfig {
  std::string cert;
  std::string cert_file;
  Secret key;
  std::string key_file;
  std::string client_ca;
  std::string client_ca_file;
  ClientAuth client_auth = ClientAuth::kNone;
  std::vector<std::string> client_allowed_sans;
  TlsVersion min_version = TlsVersion::kTls12;
  TlsVersion max_version = TlsVersion::kTls13;
  // Go's names; empty for the library's choice.
  std::vector<std::string> cipher_suites;
  std::vector<std::string> curve_preferences;

  bool enabled() const { return !cert.empty() || !cert_file.empty(); }
  // A certificate without key or the reverse, client checks without a CA, versions in the wrong order.
  Status Validate() const;
};
Status DecodeYaml(const YamlNode& node, TlsServerConfig* out);

}  // namespace epi::config
