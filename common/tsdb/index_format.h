// Constants and table of contents of a block's index. Format: docs/formats/index.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/tsdb/file_bytes.h"

namespace epi::tsdb {

inline constexpr uint32_t kIndexMagic = 0xBAAAD700;
inline constexpr int kIndexV1 = 1;
inline constexpr int kIndexV2 = 2;
inline constexpr uint64_t kIndexHeaderBytes = 5;
inline constexpr uint64_t kTocBytes = 52;
inline constexpr uint64_t kSeriesAlignment = 16;
inline constexpr uint64_t kPostingsAlignment = 4;
// Of symbols and postings-table entries, every so many positions are kept on the heap.
inline constexpr uint32_t kSampleEvery = 32;

// Section names as errors spell them.
inline constexpr std::string_view kSectionHeader = "header";
inline constexpr std::string_view kSectionToc = "table of contents";
inline constexpr std::string_view kSectionSymbols = "symbols";
inline constexpr std::string_view kSectionSeries = "series";
inline constexpr std::string_view kSectionPostings = "postings";
inline constexpr std::string_view kSectionPostingsTable = "postings offset table";

// Identity of a series inside one index: what postings hold.
using SeriesId = uint32_t;

// File offsets of the sections.
struct IndexToc {
  uint64_t symbols = 0;
  uint64_t series = 0;
  uint64_t label_indices = 0;  // Also the end of the series.
  uint64_t label_offset_table = 0;
  uint64_t postings = 0;
  uint64_t postings_table = 0;

  // Reads the end of an index and checks the checksum and that symbols ≤ series ≤ label indices ≤ postings table ≤ TOC.
  static Result<IndexToc> Decode(const FileBytes& index);
  // The same for a copy of the TOC that stands at `at` of `file` and stood at `index_at` of the index. REQUIRES: kTocBytes there.
  static Result<IndexToc> Decode(const FileBytes& file, uint64_t at, uint64_t index_at);
  void AppendTo(std::string* out) const;
  friend bool operator==(const IndexToc&, const IndexToc&) = default;
};

}  // namespace epi::tsdb
