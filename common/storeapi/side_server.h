// Serves Rules, Targets, Metadata and Exemplars of a backend over gRPC.
//
// Threads: handlers run on the server's threads; the backend outlives them.
#pragma once

#include "common/rpc/server.h"
#include "common/storeapi/side_backend.h"

namespace epi::storeapi {

void RegisterSideApis(const SideBackend* backend, rpc::Server* server);

}  // namespace epi::storeapi
