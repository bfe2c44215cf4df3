// Series of one endpoint in the order that merging needs: without replica labels, and ascending.
//
// Contract: series without a replica label pass as they come: they are smaller than all that follow, with and without those
//           labels. From the first series that has one on, the rest is read, stripped and sorted; endpoints that remove
//           replica labels themselves never get there.
// Threads:  one.
// Owns:     what it holds, charged to the context's memory account as the frames it came in.
// Errors:   those of the stream; DataLoss naming the endpoint when it breaks the order.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/storeapi/store_client.h"

namespace epi::storeapi {

class OrderedStream {
 public:
  OrderedStream(std::unique_ptr<SeriesStream> stream, std::vector<std::string> replica_labels)
      : stream_(std::move(stream)), replica_labels_(std::move(replica_labels)) {}

  // Nothing at the end.
  Result<std::optional<ChunkSeries>> Next();
  const SeriesStream& stream() const { return *stream_; }

 private:
  bool HasReplicaLabel(const labels::Labels& labels) const;
  Status HoldRest(ChunkSeries first);

  const std::unique_ptr<SeriesStream> stream_;
  const std::vector<std::string> replica_labels_;
  bool holding_ = false;
  std::vector<ChunkSeries> held_;
  size_t next_held_ = 0;
  labels::Labels last_;
};

}  // namespace epi::storeapi
