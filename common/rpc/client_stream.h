// A call as its caller sees it: requests out, responses in, both blocking.
//
// Contract: one reader and one writer thread at a time. A caller that has sent all calls CloseSend(). Read() returns nothing
//           once the server ended with OK. A context that ends inside Read() or Write() cancels the call. The destructor
//           cancels what is still running.
// Back-pressure: responses that are not read keep the stream's window occupied, so the server waits.
// Errors:   all name the endpoint.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/base/context.h"
#include "common/base/status.h"
#include "common/rpc/metadata.h"

namespace epi::rpc {

class ClientCall;

class ClientStream {
 public:
  ClientStream(const Context& ctx, std::shared_ptr<ClientCall> call);
  ~ClientStream();
  ClientStream(const ClientStream&) = delete;
  ClientStream& operator=(const ClientStream&) = delete;

  Status Write(const Context& ctx, std::string message);
  void CloseSend();
  Result<std::optional<std::string>> Read(const Context& ctx);
  void Cancel();

  // What the server sent before its first response; complete once Read() returned.
  Metadata headers() const;
  // What it sent with the status; complete once Read() returned nothing or the server's error.
  Metadata trailers() const;

 private:
  const std::shared_ptr<ClientCall> call_;
  const std::unique_ptr<Context::CancelRegistration> on_cancel_;
};

}  // namespace epi::rpc
