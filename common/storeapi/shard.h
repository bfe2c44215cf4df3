// Which of several shards a series belongs to. A query is cut into shards that different processes evaluate.
//
//   shard = XXH64(s) mod total, s = name 0xff value 0xff … of the labels that are listed (by) or not listed (without)
//
// Threads:  Matches() reuses a buffer: one matcher per thread.
#pragma once

#include <optional>
#include <string>

#include "common/labels/labels.h"
#include "common/storeapi/wire_request.h"

namespace epi::storeapi {

class ShardMatcher {
 public:
  // Without shard info every series matches.
  explicit ShardMatcher(const std::optional<ShardInfo>& info) : info_(info) {}

  // InvalidArgument when the index is not below the number of shards.
  Status Check() const;
  bool Matches(const labels::Labels& labels);

 private:
  const std::optional<ShardInfo> info_;
  std::string buffer_;
};

}  // namespace epi::storeapi
