// The head of a histogram chunk: header and bucket layout, which all its samples share. Format: docs/formats/chunks.md, "Histograms".
//
// Threads:  values and pure functions.
// Errors:   DataLoss on anything that is not a layout; counts are checked against the bytes there are before memory is taken.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "common/series/histogram.h"
#include "common/tsdb/bit_reader.h"
#include "common/tsdb/bit_writer.h"
#include "common/tsdb/chunk.h"
#include "common/tsdb/start_time_codec.h"

namespace epi::tsdb {

inline constexpr size_t kHistogramHeaderBytes = 3;

constexpr bool HasStartTimes(Encoding encoding) {
  return encoding == Encoding::kHistogramSt || encoding == Encoding::kFloatHistogramSt;
}

struct HistogramHeader {
  uint32_t count = 0;
  series::CounterResetHint reset = series::CounterResetHint::kUnknown;
  StartTimeHeader start_times;
};

// Most samples a chunk's count can say: 16 bits, or 14 with start times.
constexpr uint32_t HistogramChunkSamplesMax(Encoding encoding) { return HasStartTimes(encoding) ? 0x3fff : 0xffff; }

Result<HistogramHeader> ReadHistogramHeader(const ChunkData& chunk);
// Overwrites the first three bytes. REQUIRES: data->size() >= kHistogramHeaderBytes, header.count fits.
void PatchHistogramHeader(Encoding encoding, const HistogramHeader& header, std::string* data);

struct HistogramLayout {
  int32_t schema = 0;
  double zero_threshold = 0;
  std::vector<series::Span> positive_spans;
  std::vector<series::Span> negative_spans;
  std::vector<double> custom_values;

  friend bool operator==(const HistogramLayout&, const HistogramLayout&) = default;
};

// Buckets that the spans hold in all.
size_t BucketCount(const std::vector<series::Span>& spans);

// `bucket_bits_min`: bits that every bucket takes in the first sample at least, which bounds how many there can be.
Status ReadHistogramLayout(BitReader* reader, size_t bucket_bits_min, HistogramLayout* layout);
void WriteHistogramLayout(BitWriter* writer, const HistogramLayout& layout);

// The hint that sample `index` of a chunk has. The first one's is unknown even when the header knows: what the header tells of is
// the chunk before, and that one may have been deleted since, or another may have come in between.
constexpr series::CounterResetHint HintOfSample(series::CounterResetHint header, uint32_t index) {
  if (header == series::CounterResetHint::kGauge) return header;
  return index > 0 ? series::CounterResetHint::kNotReset : series::CounterResetHint::kUnknown;
}

}  // namespace epi::tsdb
