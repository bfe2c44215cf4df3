// Flags of the HTTP and gRPC ports, as every Thanos component has them, and what they mean to the servers.
//
// Errors: InvalidArgument naming the flag or the file.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "common/base/status.h"
#include "common/config/flags.h"
#include "common/http/tls_context.h"

namespace epi::process {

struct HttpServerFlags {
  std::string address = "0.0.0.0:10902";
  std::chrono::milliseconds grace_period{std::chrono::minutes(2)};
  std::string config_path;  // --http.config
  // Hidden: print the table of the program's metrics instead of running.
  bool print_metrics = false;

  void Register(config::Command* command);
};

struct GrpcServerFlags {
  std::string address = "0.0.0.0:10901";
  std::chrono::milliseconds grace_period{std::chrono::minutes(2)};
  std::string tls_cert;
  std::string tls_key;
  std::string tls_client_ca;
  std::string tls_min_version = "1.3";
  std::string tls_ciphers;
  std::string tls_curves;

  void Register(config::Command* command);
  // Null without a certificate.
  Result<std::shared_ptr<http::TlsContext>> MakeTls() const;
};

// --grpc-client-*: how endpoints are dialled.
struct GrpcClientFlags {
  bool tls_secure = false;
  bool tls_skip_verify = false;
  std::string tls_cert;
  std::string tls_key;
  std::string tls_ca;
  std::string tls_min_version = "1.3";
  std::string server_name;
  std::string compression = "none";

  void Register(config::Command* command);
  // Null without --grpc-client-tls-secure.
  Result<std::shared_ptr<http::TlsContext>> MakeTls() const;
};

}  // namespace epi::process
