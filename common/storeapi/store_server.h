// Puts a StoreBackend on the network: registers Store and Info with a gRPC server.
//
//   StoreServer store(&backend, {.limits = limits});
//   store.Register(&server);
//
// Contract: responses are batched only for clients that ask for it. A request without matchers, with a shard that does not
//           exist or an empty label name is refused with InvalidArgument before the backend sees it. Of LabelNames' answer
//           replica labels are removed if the request says so; limits on label calls are applied here too.
// Threads:  as rpc::Server: each call on a thread of its own.
// Owns:     nothing; the backend and this object outlive the server's calls.
#pragma once

#include <cstdint>

#include "common/rpc/server.h"
#include "common/storeapi/response_sink.h"
#include "common/storeapi/store_backend.h"

namespace epi::storeapi {

struct StoreServerOptions {
  RequestLimits limits;
  // Budget of one call for what it must hold back and sort, in bytes.
  uint64_t call_memory_bytes_max = uint64_t{256} << 20;
  // What all calls together may take; null: no common budget. Must outlive the server.
  MemoryAccount* memory = nullptr;
};

class StoreServer {
 public:
  StoreServer(StoreBackend* backend, StoreServerOptions options) : backend_(backend), options_(options) {}

  void Register(rpc::Server* server);

 private:
  Status Series(const Context& ctx, rpc::ServerStream& call);
  Result<std::string> LabelNames(const Context& ctx, rpc::ServerStream& call, std::string_view message);
  Result<std::string> LabelValues(const Context& ctx, rpc::ServerStream& call, std::string_view message);

  StoreBackend* const backend_;
  const StoreServerOptions options_;
};

}  // namespace epi::storeapi
