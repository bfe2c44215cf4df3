// From encoded chunks to samples: a received series as series::Series.
//
// 1. Chunks of one series may come from several replicas. With dedup they are put into rows that do not overlap, each row
//    read like one replica, and the rows deduplicated (series/dedup.h). Without, overlapping chunks are merged by time.
// 2. Raw chunks are read as they are. Of downsampled ones the aggregate is read that the PromQL function needs
//    (aggregate_cursor.h).
// 3. Samples outside [mint_ms, maxt_ms] are cut off before replicas are compared.
//
// Contract: nothing is decoded before Samples(). Chunks in which the needed aggregate is missing are an error.
// Threads:  as series::Series.
// Owns:     the received frames.
#pragma once

#include <memory>
#include <string>

#include "common/series/querier.h"
#include "common/storeapi/aggregate_cursor.h"
#include "common/storeapi/chunk_series.h"

namespace epi::storeapi {

struct DecodeOptions {
  int64_t mint_ms = series::kMinTimeMs;
  int64_t maxt_ms = series::kMaxTimeMs;
  bool dedup = false;
  AggregateUse use = AggregateUse::kAverage;
  bool counter = false;  // The samples feed rate or its like.
};

std::unique_ptr<series::Series> MakeRemoteSeries(ChunkSeries series, const DecodeOptions& options);

// The samples of `source` within [mint_ms, maxt_ms].
std::unique_ptr<series::SampleCursor> BoundCursor(std::unique_ptr<series::SampleCursor> source, int64_t mint_ms, int64_t maxt_ms);

}  // namespace epi::storeapi
