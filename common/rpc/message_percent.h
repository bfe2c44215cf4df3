// The grpc-message header: UTF-8 text with spaces at its ends, and all bytes but printable ASCII and '%', written as %XX.
#pragma once

#include <string>
#include <string_view>

namespace epi::rpc {

std::string PercentEncode(std::string_view message);
// Broken escapes stay as they are: a message is never lost over its spelling.
std::string PercentDecode(std::string_view text);

}  // namespace epi::rpc
