// Reads series, symbols and postings from one block's index file. Format: docs/formats/index.md.
//
// Contract: Open() verifies magic, version, the TOC, and checksum and order of symbols and postings offset table; a series
//           entry and a postings list are verified each time they are read.
// Threads:  const methods are safe from any thread; there are no others.
// Owns:     the mapping and two sampled tables (a few MiB for a million series); returned views live as long as this reader.
// Units:    times are Unix milliseconds, inclusive at both ends.
// Errors:   DataLoss with file, section and offset; NotFound only from Open(), when there is no file.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/tsdb/index_format.h"
#include "common/tsdb/mapped_file.h"
#include "common/tsdb/postings_list.h"
#include "common/tsdb/postings_table.h"
#include "common/tsdb/series_entry.h"
#include "common/tsdb/symbol_table.h"

namespace epi::tsdb {

class IndexReader {
 public:
  static Result<std::unique_ptr<const IndexReader>> Open(const std::string& path);
  // Over bytes that outlive the reader; `path` only names them in errors.
  static Result<std::unique_ptr<const IndexReader>> FromBytes(std::string_view bytes, std::string path);

  int version() const { return version_; }
  const IndexToc& toc() const { return toc_; }
  const std::string& path() const { return path_; }
  uint64_t size_bytes() const { return file_.size(); }
  const SymbolTable& symbols() const { return *symbols_; }
  const PostingsTable& postings_table() const { return *postings_table_; }

  // Ids of all series; in label order.
  Result<PostingsList> AllPostings() const;
  // Ids of the series that have this label; empty when there are none.
  Result<PostingsList> Postings(std::string_view name, std::string_view value) const;
  // The list at an offset that the postings table gave.
  Result<PostingsList> PostingsAt(uint64_t list_offset) const;
  // Replaces *entry by the series with this id.
  Status Series(SeriesId id, SeriesEntry* entry) const;

  // File offset of a series entry.
  uint64_t SeriesOffset(SeriesId id) const { return version_ == kIndexV1 ? id : uint64_t{id} * kSeriesAlignment; }
  // File offset behind an entry. REQUIRES: Series() read it.
  uint64_t SeriesEnd(SeriesId id) const;
  // Gives back the memory of all pages; they are read from the file again when touched.
  void Forget() const;
  // The error for something wrong with what the series refers to.
  Status BadSeries(SeriesId id, std::string_view what) const;

 private:
  IndexReader() = default;
  Status Init();

  std::string path_;
  std::optional<MappedFile> mapping_;
  FileBytes file_;
  int version_ = 0;
  IndexToc toc_;
  std::optional<SymbolTable> symbols_;
  std::optional<PostingsTable> postings_table_;
};

}  // namespace epi::tsdb
