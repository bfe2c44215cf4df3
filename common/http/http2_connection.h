// An HTTP/2 session on a transport: the pump between socket and session, the same for servers and clients.
//
// A server accepts a transport, sees the client preface (or ALPN "h2"), and calls Start() with the bytes it already has.
// Its observer's OnStream() decides who serves each stream: plain requests are the HTTP server's own; those whose
// content-type starts with "application/grpc" go to a Http2StreamHook (rpc::Server gives one).
//
// Contract: writes go out in batches of at most 512 KiB, two in flight; what submits on the session must be followed by
//           Flush() (cheap: it only marks; the write happens at the end of the current loop turn).
// Threads:  loop thread only, apart from Post(), which is safe from any thread.
// Owns:     the transport and the session. Keeps itself alive until the transport is closed.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/base/status.h"
#include "common/http/http2_session.h"

namespace epi::runtime {
class Loop;
}

namespace epi::http {

class Transport;
class Http2Connection;

// Takes over one stream of a server connection. Null refuses it. Fields as in SessionObserver::OnStream().
using Http2StreamHook = std::function<std::shared_ptr<Http2StreamHandler>(
    const std::shared_ptr<Http2Connection>& connection, int32_t stream_id, HeaderFields fields)>;

}  // namespace epi::http
