// Samples of downsampled chunks: the aggregate that a PromQL function needs, as if it were the series.
//
//   function                            aggregates asked for   a sample is
//   min, min_over_time                  min                    the smallest raw value of the window
//   max, max_over_time                  max                    the largest
//   count, count_over_time              count                  the number of raw values
//   sum_over_time                       sum                    their sum
//   rate, irate, increase, resets, x…   counter                the counter, resets added back
//   all others                          count and sum          the average
//
// Contract: chunks of one row do not overlap. Raw and downsampled chunks may be mixed in a row; raw ones are read as they are.
//           Counter chunks are joined: a fall between the last raw value of one and the first of the next is a reset.
// Threads:  one per cursor.
// Owns:     a share of what keeps the chunk bytes alive.
// Errors:   DataLoss for chunks that do not decode or lack the aggregate, naming the chunk's time range.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/series/querier.h"
#include "common/storeapi/wire_chunk.h"
#include "common/tsdb/chunk.h"

namespace epi::storeapi {

enum class AggregateUse : uint8_t { kAverage, kMin, kMax, kCount, kSum, kCounter };

AggregateUse AggregateUseOf(std::string_view promql_function);
// What a Series request asks for.
std::vector<Aggregate> AggregatesOf(AggregateUse use);

// All of them as chunks of raw samples; false when one is something else, or damaged: ReadRow() tells.
bool RawChunks(const std::vector<AggrChunkView>& chunks, std::vector<tsdb::ChunkView>* raw);

// REQUIRES: chunks in time order, not overlapping; `owner` keeps their bytes alive.
std::unique_ptr<series::SampleCursor> ReadRow(std::vector<AggrChunkView> chunks, AggregateUse use, std::string source,
                                              std::shared_ptr<const void> owner);

}  // namespace epi::storeapi
