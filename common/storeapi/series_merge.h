// The series of many endpoints as one stream, while they are still sending.
//
//   endpoint ─► OrderedStream ─┐
//   endpoint ─► OrderedStream ─┼─► loser tree ─► Combine() ─► shard, limit ─► Next()
//   endpoint ─► OrderedStream ─┘
//
// Contract: every series once, in label order, with the chunks of all endpoints in time order and equal chunks once. All
//           endpoints are asked before the first is waited for; each fills its own flow-control window meanwhile.
//           An endpoint that fails is a warning that names it (PartialResponse::kWarn) or the error of the stream (kAbort).
// Threads:  one.
// Owns:     the calls; destroying the stream cancels them. Memory is bounded by the streams' windows, plus one frame per
//           endpoint, plus what endpoints force us to sort, plus what the caller keeps.
// Errors:   Aborted naming the endpoint; Cancelled, DeadlineExceeded and ResourceExhausted of the query itself.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/series/loser_tree.h"
#include "common/storeapi/fanout.h"
#include "common/storeapi/ordered_stream.h"
#include "common/storeapi/shard.h"

namespace epi::storeapi {

struct SeriesMergeOptions {
  std::chrono::milliseconds response_timeout{0};  // Longest wait for one message of one endpoint; zero: none.
};

class SeriesMerge {
 public:
  // Starts the calls of `plan.ask`; the plan's outcomes and warnings become this stream's first.
  SeriesMerge(const Context& ctx, const SeriesRequest& request, FanoutPlan plan, const SeriesMergeOptions& options);
  ~SeriesMerge();
  SeriesMerge(const SeriesMerge&) = delete;
  SeriesMerge& operator=(const SeriesMerge&) = delete;

  // Nothing at the end.
  Result<std::optional<ChunkSeries>> Next();

  // Complete once Next() returned nothing.
  std::vector<std::string> Warnings() const;
  std::vector<EndpointOutcome> Outcomes() const;
  std::vector<std::string> Hints() const;
  // Endpoints that answered without a single series.
  size_t empty_answers() const;

 private:
  struct Source;
  struct HeadLess {
    const std::vector<std::unique_ptr<Source>>* sources;
    bool operator()(size_t a, size_t b) const;
  };
  Status Start();
  Status Advance(size_t source);
  Status Fail(Source* source, const Status& status);
  Result<std::optional<ChunkSeries>> NextMerged();

  const Context ctx_;
  const SeriesRequest request_;
  ShardMatcher shard_;
  FanoutPlan plan_;
  std::vector<std::unique_ptr<Source>> sources_;
  std::optional<series::LoserTree<HeadLess>> tree_;
  int64_t returned_ = 0;
};

}  // namespace epi::storeapi
