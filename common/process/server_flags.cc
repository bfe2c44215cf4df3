#include "common/process/server_flags.h"

#include <utility>

#include "common/base/file.h"
#include "common/base/str_cat.h"
#include "common/config/http_config.h"
#include "common/config/yaml.h"

namespace epi::process {
namespace {

int VersionNumber(config::TlsVersion version) { return 10 + static_cast<int>(version); }

Result<int> ParseVersionFlag(std::string_view flag, const std::string& text) {
  const auto version = config::ParseTlsVersion(text);
  if (!version.ok()) return version.status().WithContext(StrCat("--", flag));
  return VersionNumber(*version);
}

std::vector<std::string> SplitCommas(const std::string& text) {
  std::vector<std::string> parts;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(',', at), text.size());
    if (end > at) parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

// Inline PEM has no file for the TLS context to watch.
Status RefuseInline(const config::TlsServerConfig& tls) {
  if (tls.cert.empty() && tls.key.empty() && tls.client_ca.empty()) return OkStatus();
  return UnimplementedError("tls_server_config: give cert_file, key_file and client_ca_file; inline PEM is not supported");
}

http::TlsOptions ServerTlsOptions(const config::TlsServerConfig& tls, bool http2) {
  http::TlsOptions options;
  options.certificate_file = tls.cert_file;
  options.key_file = tls.key_file;
  options.ca_file = tls.client_ca_file;
  options.client_auth = static_cast<http::ClientAuth>(tls.client_auth);
  options.version_min = VersionNumber(tls.min_version);
  options.version_max = VersionNumber(tls.max_version);
  options.ciphers = tls.cipher_suites;
  options.curves = tls.curve_preferences;
  if (!http2) options.alpn = {"http/1.1"};
  return options;
}

}  // namespace

static_assert(static_cast<int>(config::ClientAuth::kNone) == static_cast<int>(http::ClientAuth::kNone) &&
              static_cast<int>(config::ClientAuth::kRequireAndVerify) ==
                  static_cast<int>(http::ClientAuth::kRequireAndVerify));

void HttpServerFlags::Register(config::Command* command) {
  command->Add("http-address", "Listen host:port for HTTP endpoints.", &address);
  command->Add("http-grace-period", "Time to wait after an interrupt received for HTTP Server.", &grace_period);
  command->Add("http.config", "Path to the configuration file that can enable TLS or authentication for all HTTP endpoints.",
               &config_path);
}

Result<WebSettings> LoadWebSettings(const HttpServerFlags& flags) {
  WebSettings settings;
  if (flags.config_path.empty()) return settings;
  config::WebConfig web;
  const std::string yaml = TRY(ReadFile(flags.config_path));
  RETURN_IF_ERROR(config::DecodeYaml(TRY(config::YamlNode::Parse(yaml, flags.config_path)), &web));
  RETURN_IF_ERROR(RefuseInline(web.tls));
  settings.http2 = web.http2;
  if (web.tls.enabled()) settings.tls = TRY(http::TlsContext::Make(ServerTlsOptions(web.tls, web.http2)));
  for (const auto& [name, value] : web.headers) settings.headers.push_back({name, value});
  if (!web.basic_auth_users.empty()) {
    std::map<std::string, std::string> users;
    for (const auto& [user, hash] : web.basic_auth_users) users.emplace(user, hash.Reveal());
    settings.auth = TRY(http::BasicAuth::Make(std::move(users)));
  }
  return settings;
}

void GrpcServerFlags::Register(config::Command* command) {
  command->Add("grpc-address", "Listen ip:port address for gRPC endpoints (StoreAPI).", &address);
  command->Add("grpc-grace-period", "Time to wait after an interrupt received for GRPC Server.", &grace_period);
  command->Add("grpc-server-tls-cert", "TLS Certificate for gRPC server, leave blank to disable TLS.", &tls_cert);
  command->Add("grpc-server-tls-key", "TLS Key for the gRPC server, leave blank to disable TLS.", &tls_key);
  command->Add("grpc-server-tls-client-ca", "TLS CA to verify clients against. If no client CA is specified, there is no client verification on server side.",
               &tls_client_ca);
  command->Add("grpc-server-tls-min-version", "TLS supported minimum version for gRPC server: 1.0, 1.1, 1.2 or 1.3.",
               &tls_min_version);
  command->Add("grpc-server-tls-ciphers", "TLS cipher suites, separated by commas, for versions up to 1.2.", &tls_ciphers);
  command->Add("grpc-server-tls-curves", "TLS curves, separated by commas, in order of preference.", &tls_curves);
  command->AddWithoutEffect("grpc-server-max-connection-age",
                            "connections are kept as long as their clients want; they are balanced by the clients");
}

Result<std::shared_ptr<http::TlsContext>> GrpcServerFlags::MakeTls() const {
  if (tls_cert.empty() && tls_key.empty()) {
    if (!tls_client_ca.empty()) return InvalidArgumentError("--grpc-server-tls-client-ca needs --grpc-server-tls-cert and --grpc-server-tls-key");
    return std::shared_ptr<http::TlsContext>();
  }
  if (tls_cert.empty() || tls_key.empty()) {
    return InvalidArgumentError("both --grpc-server-tls-cert and --grpc-server-tls-key must be provided");
  }
  http::TlsOptions options;
  options.certificate_file = tls_cert;
  options.key_file = tls_key;
  options.ca_file = tls_client_ca;
  if (!tls_client_ca.empty()) options.client_auth = http::ClientAuth::kRequireAndVerify;
  options.version_min = TRY(ParseVersionFlag("grpc-server-tls-min-version", tls_min_version));
  options.ciphers = SplitCommas(tls_ciphers);
  options.curves = SplitCommas(tls_curves);
  options.alpn = {"h2"};
  return http::TlsContext::Make(std::move(options));
}

void GrpcClientFlags::Register(config::Command* command) {
  command->Add("grpc-client-tls-secure", "Use TLS when talking to the gRPC server.", &tls_secure);
  command->Add("grpc-client-tls-skip-verify", "Disable TLS certificate verification, i.e. self signed, signed by fake CA.",
               &tls_skip_verify);
  command->Add("grpc-client-tls-cert", "TLS certificate to use to identify this client to the server.", &tls_cert);
  command->Add("grpc-client-tls-key", "TLS key for the client's certificate.", &tls_key);
  command->Add("grpc-client-tls-ca", "TLS CA certificates to use to verify gRPC servers.", &tls_ca);
  command->Add("grpc-client-tls-min-version", "TLS supported minimum version for gRPC client: 1.0, 1.1, 1.2 or 1.3.",
               &tls_min_version);
  command->Add("grpc-client-server-name", "Server name to verify the hostname on the returned TLS certificates.", &server_name);
  command->Add("grpc-compression", "Compression algorithm to use for gRPC requests to other clients.", &compression)
      .Choices({"none", "snappy"});
}

Result<std::shared_ptr<http::TlsContext>> GrpcClientFlags::MakeTls() const {
  if (!tls_secure) return std::shared_ptr<http::TlsContext>();
  if (tls_cert.empty() != tls_key.empty()) {
    return InvalidArgumentError("both --grpc-client-tls-cert and --grpc-client-tls-key must be provided");
  }
  http::TlsOptions options;
  options.role = http::TlsRole::kClient;
  options.certificate_file = tls_cert;
  options.key_file = tls_key;
  options.ca_file = tls_ca;
  options.skip_verify = tls_skip_verify;
  options.version_min = TRY(ParseVersionFlag("grpc-client-tls-min-version", tls_min_version));
  options.alpn = {"h2"};
  return http::TlsContext::Make(std::move(options));
}

}  // namespace epi::process
