// The .proto files of this folder in compiled form, for gRPC's reflection service.
#pragma once

#include <string_view>

namespace epi::proto {

// A serialised google.protobuf.FileDescriptorSet with every file and its imports, imports first. Lives as long as the program.
std::string_view FileDescriptorSet();

}  // namespace epi::proto
