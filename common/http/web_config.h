// The security of an HTTP port as --http.config describes it (exporter-toolkit's web configuration): TLS, logins, headers.
//
//   auto web = TRY(WebSecurity::Load(flag.value));
//   web->Apply(&server_options);
//   signals on SIGHUP, or a timer: web->Reload()
//
// Contract: certificates are read again by themselves when their files change, users by Reload(). Whether TLS is on, and the
//           headers, stay as they were at the start.
// Threads:  safe from any thread. Must outlive the server.
// Errors:   InvalidArgument "web.yml:3: …".
#pragma once

#include <memory>
#include <string>

#include "common/http/server.h"

namespace epi::http {

class WebSecurity {
 public:
  // An empty path means no TLS and no logins.
  static Result<std::unique_ptr<WebSecurity>> Load(const std::string& path);

  void Apply(ServerOptions* options);
  // Reads the file again; with an error the former users stay.
  Status Reload();

 private:
  WebSecurity() = default;

  std::string path_;
  bool http2_ = true;
  HeaderFields headers_;
  std::shared_ptr<TlsContext> tls_;
  std::unique_ptr<BasicAuth> auth_;
};

}  // namespace epi::http
