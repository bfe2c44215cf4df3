// One call of libgrpc++'s generic client: any method of any server, with bytes for messages.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace epi::process::test {

struct GenericAnswer {
  // grpc::StatusCode.
  int code = 0;
  std::string message;
  std::vector<std::string> responses;
};

// Sends one message to a bidirectional method ("/package.Service/Method") of the server on that loopback port, half-closes,
// and reads to the end.
GenericAnswer CallGeneric(uint16_t port, const std::string& method, const std::string& request);

}  // namespace epi::process::test
