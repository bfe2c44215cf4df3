// One entry of an index's series section: label symbols and chunks of a series. Bytes: docs/formats/index.md.
//
// Contract: DecodeSeriesEntry never allocates more than the entry's own bytes justify.
// Threads:  values.
// Errors:   DataLoss; the text says what is wrong, callers add where.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "common/tsdb/chunk.h"

namespace epi::tsdb {

struct LabelSymbols {
  uint32_t name = 0;
  uint32_t value = 0;
  friend bool operator==(const LabelSymbols&, const LabelSymbols&) = default;
};

struct SeriesEntry {
  std::vector<LabelSymbols> labels;
  std::vector<ChunkMeta> chunks;
};

// Replaces *entry (its capacity is reused) by what `body` holds.
Status DecodeSeriesEntry(std::string_view body, SeriesEntry* entry);

// Appends only the chunk part of an entry's body. REQUIRES: chunks in time order, mint of each >= maxt of the one before.
void AppendChunkMetas(std::span<const ChunkMeta> chunks, std::string* out);

}  // namespace epi::tsdb
