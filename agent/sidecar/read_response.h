// Answers of Prometheus' remote read API, taken apart: streamed chunks, and the samples of servers older than 2.13.
//
//   ChunkedReadResponse  1 chunked_series  2 query_index
//   ChunkedSeries        1 labels  2 chunks { 1 min_time_ms  2 max_time_ms  3 type  4 data }
//   ReadResponse         1 results { 1 timeseries { 1 labels  2 samples { 1 value  2 timestamp } } }
//
// A chunk's type is the number that it has on disk (XOR is 1), which differs from the Store API's (XOR is 0).
//
// Errors: DataLoss naming the message; InvalidArgument for labels that are none.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/status.h"
#include "common/labels/labels.h"
#include "common/tsdb/chunk.h"

namespace epi::agent {

// One series of an answer, or a part of it: long ones come in several, with the labels repeated.
struct ReadSeries {
  labels::Labels labels;
  std::vector<tsdb::ChunkView> chunks;  // Views, valid during the call.
};

using ReadSeriesSink = std::function<Status(const ReadSeries& series)>;

// Frames of a streamed answer, one after another; its buffers are used again from series to series.
class ChunkedFrameParser {
 public:
  explicit ChunkedFrameParser(ReadSeriesSink sink) : sink_(std::move(sink)) {}

  Status Parse(std::string_view frame);

 private:
  Status ParseSeries(std::string_view message);

  const ReadSeriesSink sink_;
  std::vector<labels::Label> pairs_;
  ReadSeries series_;
};

// A whole answer of samples, snappy block compressed; encoded into XOR chunks of at most 120 samples on the way. Decompressed
// size is limited to `bytes_max` before it is allocated.
Status ParseSamplesBody(std::string_view body, uint64_t bytes_max, const ReadSeriesSink& sink);

}  // namespace epi::agent
