// What HTTP says, as gRPC status codes.
#pragma once

#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/http/http2_stream.h"

namespace epi::rpc {

// Our codes are gRPC's numbers: they cross the wire unchanged.
static_assert(static_cast<int>(StatusCode::kCancelled) == 1 && static_cast<int>(StatusCode::kUnauthenticated) == 16);

// A grpc-status value; what is not a known number is kUnknown.
StatusCode CodeFromWire(std::string_view text);
// Status of that code; OK drops the message.
Status MakeStatus(StatusCode code, std::string message);
// For an answer without grpc-status: the code that gRPC assigns to an HTTP status.
StatusCode CodeFromHttp(std::string_view http_status);
// For a stream that was reset before its trailers.
StatusCode CodeFromReset(http::Http2Error error);

}  // namespace epi::rpc
