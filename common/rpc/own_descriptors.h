// FileDescriptorProtos of the services that this module implements by hand: health and reflection.
#pragma once

#include <string>
#include <vector>

namespace epi::rpc {

std::vector<std::string> OwnDescriptors();

}  // namespace epi::rpc
