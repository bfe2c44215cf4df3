#include "common/storeapi/ordered_stream.h"

#include <algorithm>
#include <utility>

#include "common/base/str_cat.h"

namespace epi::storeapi {

bool OrderedStream::HasReplicaLabel(const labels::Labels& labels) const {
  return std::any_of(replica_labels_.begin(), replica_labels_.end(), [&](const std::string& name) { return labels.Has(name); });
}

Result<std::optional<ChunkSeries>> OrderedStream::Next() {
  if (!holding_) {
    std::optional<ChunkSeries> series = TRY(stream_->Next());
    if (!series.has_value()) return series;
    if (!HasReplicaLabel(series->labels)) {
      if (series->labels < last_) {
        return DataLossError(StrCat(stream_->endpoint(), ": series out of order: ", series->labels.ToString(), " after ", last_.ToString()));
      }
      last_ = series->labels;
      return series;
    }
    RETURN_IF_ERROR(HoldRest(std::move(*series)));
  }
  if (next_held_ == held_.size()) return std::optional<ChunkSeries>();
  return std::optional<ChunkSeries>(std::move(held_[next_held_++]));
}

Status OrderedStream::HoldRest(ChunkSeries first) {
  holding_ = true;
  for (std::optional<ChunkSeries> series = std::move(first); series.has_value(); series = TRY(stream_->Next())) {
    if (HasReplicaLabel(series->labels)) {
      series->labels = series->labels.Without(replica_labels_);
      series->encoded = {};
    }
    held_.push_back(std::move(*series));
  }
  std::stable_sort(held_.begin(), held_.end(), [](const ChunkSeries& a, const ChunkSeries& b) { return a.labels < b.labels; });
  return OkStatus();
}

}  // namespace epi::storeapi
