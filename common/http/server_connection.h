// The start of a server connection: what does the peer speak?
#pragma once

#include <memory>

#include "common/http/server_core.h"

namespace epi::http {

// Watches the first bytes (or the ALPN result), then hands over to HTTP/1.1 or HTTP/2. Each adds itself to the core's list.
void StartServerConnection(std::shared_ptr<ServerCore> core, std::shared_ptr<Transport> transport);

// The two. `received` is what was read already. Each replaces the transport's handler.
void StartHttp1Connection(std::shared_ptr<ServerCore> core, std::shared_ptr<Transport> transport, std::string_view received);
void StartHttp2ServerConnection(std::shared_ptr<ServerCore> core, std::shared_ptr<Transport> transport,
                                std::string_view received);

}  // namespace epi::http
