// A call as its handler on the server sees it: requests in, responses out, both blocking.
//
// Contract: one thread at a time. Usable until the handler returns; then the trailers are sent.
// Back-pressure: Write() waits for a slow client, Read() lets only one window of requests pile up.
// Errors:   Read() and Write() end with Cancelled when the client left, DeadlineExceeded when its time is up.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/context.h"
#include "common/base/status.h"
#include "common/rpc/metadata.h"

namespace epi::rpc {

class ServerStream {
 public:
  virtual ~ServerStream() = default;

  // "/package.Service/Method".
  virtual std::string_view method() const = 0;
  virtual const Metadata& metadata() const = 0;
  // "127.0.0.1:4711".
  virtual std::string_view peer_address() const = 0;
  // Subject of the verified client certificate, empty without one.
  virtual std::string_view peer_subject() const = 0;

  // The next request; nothing when the client has sent all.
  virtual Result<std::optional<std::string>> Read(const Context& ctx) = 0;
  virtual Status Write(const Context& ctx, std::string message) = 0;
  // Sent before the first response. REQUIRES: no Write() yet.
  virtual void SetHeaders(Metadata headers) = 0;
  // Sent with the status.
  virtual void SetTrailers(Metadata trailers) = 0;
};

}  // namespace epi::rpc
