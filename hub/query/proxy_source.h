// Opens the fan-out over all endpoints for one request of the HTTP API.
#pragma once

#include <string>
#include <vector>

#include "common/api/source.h"
#include "common/storeapi/proxy.h"

namespace epi::hub {

// `replica_labels` are those of requests that name none. The proxy outlives the sources.
api::OpenSource OpenProxySource(const storeapi::Proxy* proxy, std::vector<std::string> replica_labels);

}  // namespace epi::hub
