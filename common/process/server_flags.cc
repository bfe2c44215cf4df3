#include "common/process/server_flags.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/base/str_cat.h"
#include "common/config/tls_config.h"

namespace epi::process {
namespace {

// Versions as flags spell them, "1.2".
Result<config::TlsVersion> ParseVersionFlag(std::string_view flag, const std::string& text) {
  return config::ParseTlsVersion(text).WithContext(StrCat("--", flag));
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

}  // namespace

void HttpServerFlags::Register(config::Command* command) {
  command->Add("http-address", "Where to serve HTTP: host:port.", &address);
  command->Add("http-grace-period", "How long running HTTP requests may go on after an interrupt.", &grace_period);
  command->Add("http.config", "File that switches on TLS or authentication for HTTP, in Prometheus' web configuration format.",
               &config_path);
  command->Add("help-metrics", "Print the metrics of this command as a table in Markdown, and exit.", &print_metrics).Hidden();
}

void GrpcServerFlags::Register(config::Command* command) {
  command->Add("grpc-address", "Where to serve gRPC: host:port.", &address);
  command->Add("grpc-grace-period", "How long running gRPC calls may go on after an interrupt.", &grace_period);
  command->Add("grpc-server-tls-cert", "Certificate of the gRPC server; without one it speaks plain text.", &tls_cert);
  command->Add("grpc-server-tls-key", "Key of the gRPC server's certificate.", &tls_key);
  command->Add("grpc-server-tls-client-ca", "CA that clients' certificates must come from; without one clients need none.",
               &tls_client_ca);
  command->Add("grpc-server-tls-min-version", "Oldest TLS version the gRPC server speaks: 1.0, 1.1, 1.2 or 1.3.",
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
  config::TlsServerConfig config;
  config.cert_file = tls_cert;
  config.key_file = tls_key;
  config.client_ca_file = tls_client_ca;
  if (!tls_client_ca.empty()) config.client_auth = config::ClientAuth::kRequireAndVerify;
  config.min_version = TRY(ParseVersionFlag("grpc-server-tls-min-version", tls_min_version));
  config.cipher_suites = SplitCommas(tls_ciphers);
  config.curve_preferences = SplitCommas(tls_curves);
  http::TlsOptions options = http::ServerTlsOptions(config);
  options.alpn = {"h2"};
  return http::TlsContext::Make(std::move(options));
}

void GrpcClientFlags::Register(config::Command* command) {
  command->Add("grpc-client-tls-secure", "Speak TLS to endpoints.", &tls_secure);
  command->Add("grpc-client-tls-skip-verify", "Trust any certificate of an endpoint.",
               &tls_skip_verify);
  command->Add("grpc-client-tls-cert", "Certificate to show to endpoints.", &tls_cert);
  command->Add("grpc-client-tls-key", "Key of the certificate to show to endpoints.", &tls_key);
  command->Add("grpc-client-tls-ca", "CA that endpoints' certificates must come from.", &tls_ca);
  command->Add("grpc-client-tls-min-version", "Oldest TLS version to speak to endpoints: 1.0, 1.1, 1.2 or 1.3.",
               &tls_min_version);
  command->Add("grpc-client-server-name", "Name that endpoints' certificates must carry, when it is not that of their address.", &server_name);
  command->Add("grpc-compression", "How requests and answers of endpoints are compressed.", &compression)
      .Choices({"none", "snappy"});
}

Result<std::shared_ptr<http::TlsContext>> GrpcClientFlags::MakeTls() const {
  if (!tls_secure) return std::shared_ptr<http::TlsContext>();
  if (tls_cert.empty() != tls_key.empty()) {
    return InvalidArgumentError("both --grpc-client-tls-cert and --grpc-client-tls-key must be provided");
  }
  config::TlsClientConfig config;
  config.cert_file = tls_cert;
  config.key_file = tls_key;
  config.ca_file = tls_ca;
  config.insecure_skip_verify = tls_skip_verify;
  config.min_version = TRY(ParseVersionFlag("grpc-client-tls-min-version", tls_min_version));
  http::TlsOptions options = http::ClientTlsOptions(config);
  options.alpn = {"h2"};
  return http::TlsContext::Make(std::move(options));
}

}  // namespace epi::process
