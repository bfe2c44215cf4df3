#include "common/config/http_config.h"

#include "common/base/str_cat.h"

namespace epi::config {
namespace {

// Keys of Prometheus' client configuration that we do not have.
constexpr std::string_view kRefused[] = {"oauth2", "proxy_url", "proxy_connect_header", "no_proxy", "proxy_from_environment"};

Status RefuseKeys(const YamlNode& node) {
  for (const YamlEntry& entry : node.entries()) {
    for (const std::string_view key : kRefused) {
      if (entry.key == key) return node.ErrorAt(entry.line, StrCat("key \"", key, "\" is not available"));
    }
  }
  return {};
}

// One of Go's http_headers forms: the value, or a map with a list of values.
struct HeaderValues {
  std::vector<std::string> values;
};
Status DecodeYaml(const YamlNode& node, HeaderValues* out) {
  YamlFields fields(node);
  fields.Field("values", &out->values);
  return fields.Finish();
}

}  // namespace

Status DecodeYaml(const YamlNode& node, BasicAuth* out) {
  YamlFields fields(node);
  fields.Field("username", &out->username).Field("username_file", &out->username_file);
  fields.Field("password", &out->password).Field("password_file", &out->password_file);
  RETURN_IF_ERROR(fields.Finish());
  if (!out->username.empty() && !out->username_file.empty()) return node.Error("username and username_file exclude each other");
  if (!out->password.empty() && !out->password_file.empty()) return node.Error("password and password_file exclude each other");
  return {};
}

Status DecodeYaml(const YamlNode& node, Authorization* out) {
  YamlFields fields(node);
  fields.Field("type", &out->type).Field("credentials", &out->credentials).Field("credentials_file", &out->credentials_file);
  RETURN_IF_ERROR(fields.Finish());
  if (!out->credentials.empty() && !out->credentials_file.empty()) {
    return node.Error("credentials and credentials_file exclude each other");
  }
  return {};
}

Status DecodeYaml(const YamlNode& node, HttpClientConfig* out) {
  RETURN_IF_ERROR(RefuseKeys(node));
  std::optional<Secret> bearer_token;
  std::optional<std::string> bearer_token_file;
  std::map<std::string, HeaderValues> headers;
  YamlFields fields(node);
  fields.Field("basic_auth", &out->basic_auth).Field("authorization", &out->authorization);
  fields.Field("bearer_token", &bearer_token).Field("bearer_token_file", &bearer_token_file);
  fields.Field("tls_config", &out->tls).Field("follow_redirects", &out->follow_redirects);
  fields.Field("enable_http2", &out->enable_http2).Field("http_headers", &headers);
  RETURN_IF_ERROR(fields.Finish());
  const int ways = static_cast<int>(out->basic_auth.has_value()) + static_cast<int>(out->authorization.has_value()) +
                   static_cast<int>(bearer_token.has_value()) + static_cast<int>(bearer_token_file.has_value());
  if (ways > 1) return node.Error("at most one of basic_auth, authorization, bearer_token and bearer_token_file may be given");
  if (bearer_token.has_value()) out->authorization = Authorization{"Bearer", *bearer_token, {}};
  if (bearer_token_file.has_value()) out->authorization = Authorization{"Bearer", {}, *bearer_token_file};
  for (const auto& [name, header] : headers) {
    for (const std::string& value : header.values) {
      std::string& joined = out->headers[name];
      joined = joined.empty() ? value : StrCat(joined, ", ", value);
    }
  }
  return {};
}

namespace {

struct HttpServerSection {
  bool http2 = true;
  std::map<std::string, std::string> headers;
};
Status DecodeYaml(const YamlNode& node, HttpServerSection* out) {
  YamlFields fields(node);
  fields.Field("http2", &out->http2).Field("headers", &out->headers);
  return fields.Finish();
}

}  // namespace

Status DecodeYaml(const YamlNode& node, WebConfig* out) {
  HttpServerSection http;
  YamlFields fields(node);
  fields.Field("tls_server_config", &out->tls).Field("http_server_config", &http);
  fields.Field("basic_auth_users", &out->basic_auth_users);
  RETURN_IF_ERROR(fields.Finish());
  out->http2 = http.http2;
  out->headers = std::move(http.headers);
  return {};
}

}  // namespace epi::config
