#include "common/storeapi/shard.h"

#include <xxhash.h>

#include <algorithm>

#include "common/base/str_cat.h"

namespace epi::storeapi {

Status ShardMatcher::Check() const {
  if (!info_.has_value() || info_->total_shards == 0) return OkStatus();
  if (info_->total_shards > 0 && info_->shard_index >= 0 && info_->shard_index < info_->total_shards) return OkStatus();
  return InvalidArgumentError(StrCat("shard ", info_->shard_index, " of ", info_->total_shards, " does not exist"));
}

bool ShardMatcher::Matches(const labels::Labels& labels) {
  if (!info_.has_value() || info_->total_shards <= 1) return true;
  buffer_.clear();
  for (const labels::Label label : labels) {
    const bool listed = std::find(info_->labels.begin(), info_->labels.end(), label.name) != info_->labels.end();
    if (listed != info_->by) continue;
    buffer_.append(label.name).push_back('\xff');
    buffer_.append(label.value).push_back('\xff');
  }
  const uint64_t hash = XXH64(buffer_.data(), buffer_.size(), 0);
  return hash % static_cast<uint64_t>(info_->total_shards) == static_cast<uint64_t>(info_->shard_index);
}

}  // namespace epi::storeapi
