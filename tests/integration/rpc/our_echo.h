// The Echo service on our server.
#pragma once

#include <memory>

#include "common/metrics/registry.h"
#include "common/rpc/server.h"
#include "common/runtime/loop.h"

namespace epi::rpc::test {

// Registers Unary, ServerStream, ClientStream and Bidi. Requests' metadata fields that start with "echo-" come back as
// headers, those that start with "trail-" as trailers.
void RegisterEcho(Server* server);

// A loop with a listening Echo server on a free port of 127.0.0.1.
struct OurEcho {
  explicit OurEcho(ServerOptions options = {}, std::shared_ptr<http::TlsContext> tls = nullptr);
  std::string address() const;

  metrics::Registry registry;
  runtime::Loop loop;
  std::unique_ptr<Server> server;
};

}  // namespace epi::rpc::test
