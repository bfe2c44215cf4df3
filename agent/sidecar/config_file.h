// A configuration file on its way to Prometheus: read, unpacked, its variables expanded, checked, and written where Prometheus
// reads it.
//
// Without an output path the file itself is what Prometheus reads: then it is only read and checked, for neither unpacking nor
// expansion has a place to go.
//
// Errors: each names the file. FailedPrecondition for unset variables; InvalidArgument for content that is no YAML: the output keeps
//         its last good content then.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "common/base/status.h"

namespace epi::agent {

// Limit of an unpacked file, so that a small gzip bomb stays small.
inline constexpr size_t kConfigBytesMax = 64 << 20;

struct ConfigFile {
  std::string path;
  std::string output_path;  // Empty: none.
  // OK when Prometheus could read the text.
  std::function<Status(std::string_view yaml)> check;
};

// The content that Prometheus gets; also written to the output path when there is one and it differs.
Result<std::string> ApplyConfigFile(const ConfigFile& file);

// Text of a gzip stream; what does not start like one is returned as it is. DataLoss when damaged, ResourceExhausted above
// `bytes_max`.
Result<std::string> Gunzip(std::string_view bytes, size_t bytes_max);

}  // namespace epi::agent
