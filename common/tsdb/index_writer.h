// Writes the index of a new block (version 2). Format: docs/formats/index.md.
//
// 1. AddSeries() numbers the series' labels and spools them to a nameless temporary file, because a series entry refers to
//    symbols by their place in an order that is only known at the end. Symbols may come in any order.
// 2. Finish() sorts the symbols and writes them, replays the spool into series entries, and knows every series id then.
// 3. Postings are filled list by list in one array, as many lists at a time as fit postings_bytes_max; each further array costs
//    another replay of the spool.
// 4. The postings offset table and the TOC follow; the file is synced.
//
// Contract: the same series give the same bytes. Without a successful Finish() the file is garbage for the caller to remove.
// Threads:  one.
// Owns:     the file; memory: distinct labels, 4 bytes per series, postings_bytes_max, and a few MiB of buffers.
// Errors:   InvalidArgument for series or chunks out of order; FailedPrecondition when a limit of the format is exceeded;
//           ResourceExhausted when the disk is full.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "common/labels/labels.h"
#include "common/tsdb/buffered_file.h"
#include "common/tsdb/chunk.h"
#include "common/tsdb/index_format.h"
#include "common/tsdb/label_pairs.h"
#include "common/tsdb/series_spool.h"

namespace epi::tsdb {

struct IndexWriterOptions {
  uint64_t postings_bytes_max = uint64_t{64} << 20;
  // Limits of the format; lower ones are for tests.
  uint64_t file_bytes_max = uint64_t{64} << 30;
  uint64_t section_bytes_max = UINT32_MAX;
};

class IndexWriter {
 public:
  // The directory of `path` exists, the file does not.
  static Result<std::unique_ptr<IndexWriter>> Create(const std::string& path, const IndexWriterOptions& options = {});

  // Series in label order, each once. Chunks in time order without overlap, references increasing over all calls.
  Status AddSeries(const labels::Labels& series, std::span<const ChunkMeta> chunks);
  Status Finish();

  uint64_t series_count() const { return series_count_; }
  // After Finish(): the longest series entry, with length and checksum.
  uint64_t series_bytes_max() const { return series_bytes_max_; }
  // After Finish().
  uint64_t size_bytes() const { return file_.offset(); }

 private:
  IndexWriter(BufferedFile file, SeriesSpool spool, const IndexWriterOptions& options)
      : options_(options), file_(std::move(file)), spool_(std::move(spool)) {}

  Status CheckOrder(const labels::Labels& series, std::span<const ChunkMeta> chunks);
  Status CheckFileSize(uint64_t more_bytes) const;
  // Starts a section: its length, then its bytes through SectionAppend(), then its checksum.
  Status BeginSection(uint64_t payload_bytes, std::string_view section);
  Status SectionAppend(std::string_view bytes);
  Status EndSection();
  Status WriteSymbols();
  Status WriteSeries();
  Status WritePostings();
  Status WritePostingsBatch(size_t first_pair, size_t end_pair, uint64_t ids);
  Status WriteList(std::span<const uint32_t> ids);
  Status WritePostingsTable();

  const IndexWriterOptions options_;
  BufferedFile file_;
  SeriesSpool spool_;
  LabelPairs pairs_;
  labels::Labels last_series_;
  ChunkRef last_ref_;
  uint64_t series_count_ = 0;
  uint64_t series_bytes_max_ = 0;
  std::vector<uint32_t> pair_buffer_;
  std::string bytes_;
  uint32_t section_crc_ = 0;
  IndexToc toc_;
  uint64_t first_list_ = 0;  // File offset.
  std::vector<SeriesId> ids_;
};

}  // namespace epi::tsdb
