// The server's end of one Series call: filters, counts and frames what the backend hands over.
//
//   backend ─► strip replica labels, sort ─► shard ─► limits ─► single frames or batches ─► FrameWriter
//
// Contract: series without a replica label pass at once. From the first one with such a label on all are held, stripped and
//           sorted: whatever passed before is smaller than any of them, with and without those labels.
//           Call Finish() when the backend is done without error.
// Threads:  one.
// Owns:     held series, charged to the context's memory account.
// Errors:   ResourceExhausted when a limit or the memory account is exceeded; Internal when the backend breaks the order.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/base/memory_account.h"
#include "common/storeapi/shard.h"
#include "common/storeapi/store_backend.h"
#include "common/storeapi/wire_series.h"

namespace epi::storeapi {

// Per Series call; 0 means no limit.
struct RequestLimits {
  uint64_t series_max = 0;
  uint64_t samples_max = 0;  // Counted as kSamplesPerChunk per chunk, before any chunk is decoded.
};
inline constexpr uint64_t kSamplesPerChunk = 120;

class ResponseSink : public SeriesSink {
 public:
  // Sends one SeriesResponse; blocks while the client is slow.
  using FrameWriter = std::function<Status(const Context& ctx, std::string message)>;

  ResponseSink(const Context& ctx, const SeriesRequest& request, RequestLimits limits, FrameWriter write);

  Status Series(const Context& ctx, const labels::Labels& labels, std::string_view encoded, size_t chunks) override;
  Status Warning(const Context& ctx, std::string_view warning) override;
  Status Hints(const Context& ctx, std::string_view any) override;
  bool full() const override;

  Status Finish(const Context& ctx);
  uint64_t series_sent() const { return series_sent_; }

 private:
  struct Held {
    labels::Labels labels;
    std::string encoded;
    size_t chunks = 0;
  };
  bool HasReplicaLabel(const labels::Labels& labels) const;
  Status Hold(const labels::Labels& labels, std::string_view encoded, size_t chunks);
  Status Accept(const Context& ctx, const labels::Labels& labels, std::string_view encoded, size_t chunks);
  Status CheckLimits(const labels::Labels& labels, size_t chunks);
  Status Flush(const Context& ctx);

  const SeriesRequest& request_;
  const RequestLimits limits_;
  const FrameWriter write_;
  ShardMatcher shard_;
  std::vector<Held> held_;
  bool holding_ = false;
  MemoryCharge charge_;
  BatchWriter batch_;
  labels::Labels last_;
  uint64_t series_sent_ = 0;
  uint64_t chunks_sent_ = 0;
};

}  // namespace epi::storeapi
