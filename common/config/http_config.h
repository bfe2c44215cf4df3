// HTTP settings that several files share: how a client authenticates, and exporter-toolkit's web configuration of a server.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "common/config/secret.h"
#include "common/config/tls_config.h"
#include "common/config/yaml.h"

namespace epi::config {

struct BasicAuth {
  std::string username;
  std::string username_file;
  Secret password;
  std::string password_file;
};
Status DecodeYaml(const YamlNode& node, BasicAuth* out);

// Authorization: <type> <credentials>.
struct Authorization {
  std::string type = "Bearer";
  Secret credentials;
  std::string credentials_file;
};
Status DecodeYaml(const YamlNode& node, Authorization* out);

// Prometheus' HTTP client configuration, as in --prometheus.http-client and --query.config. bearer_token and
// bearer_token_file are read into `authorization`. OAuth2 and proxies are refused by name.
struct HttpClientConfig {
  std::optional<BasicAuth> basic_auth;
  std::optional<Authorization> authorization;
  TlsClientConfig tls;
  bool follow_redirects = true;
  bool enable_http2 = true;
  std::map<std::string, std::string> headers;
};
Status DecodeYaml(const YamlNode& node, HttpClientConfig* out);

// --http.config: TLS and users of the HTTP port.
struct WebConfig {
  TlsServerConfig tls;
  bool http2 = true;
  // Headers of every response.
  std::map<std::string, std::string> headers;
  // bcrypt hashes by user name; empty for open access.
  std::map<std::string, Secret> basic_auth_users;
};
Status DecodeYaml(const YamlNode& node, WebConfig* out);

}  // namespace epi::config
