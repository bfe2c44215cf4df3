// A store gateway's cut-out of one block's index: enough to find postings and to name symbols. Format: docs/formats/index-header.md.
//
// Contract: Open() verifies magics, versions, both tables of contents, and checksum and order of symbols and postings offset table.
//           Offsets of toc() and of ranges are those in the index file.
// Threads:  const methods are safe from any thread; there are no others.
// Owns:     the mapping and two sampled tables, as IndexReader; returned views live as long as this object.
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
#include "common/tsdb/postings_table.h"
#include "common/tsdb/symbol_table.h"

namespace epi::tsdb {

inline constexpr uint32_t kIndexHeaderMagic = 0xBAAAD792;
inline constexpr uint8_t kIndexHeaderVersion = 1;
// Magic, version, index version, index offset of the postings offset table: what lies before the symbols.
inline constexpr uint64_t kIndexHeaderHeadBytes = 14;
// Two offsets and a checksum, at the end.
inline constexpr uint64_t kIndexHeaderTailBytes = 20;
inline constexpr std::string_view kIndexHeaderFileName = "index-header";

// Bytes [begin, end) of an index file.
struct IndexRange {
  uint64_t begin = 0;
  uint64_t end = 0;
  friend bool operator==(const IndexRange&, const IndexRange&) = default;
};

class IndexHeader {
 public:
  static Result<std::unique_ptr<const IndexHeader>> Open(const std::string& path);
  // Over bytes that outlive the header; `path` only names them in errors.
  static Result<std::unique_ptr<const IndexHeader>> FromBytes(std::string_view bytes, std::string path);

  int index_version() const { return index_version_; }
  uint64_t index_size_bytes() const { return index_size_bytes_; }
  const IndexToc& toc() const { return toc_; }
  const SymbolTable& symbols() const { return *symbols_; }
  const PostingsTable& postings_table() const { return *postings_table_; }

  // Where the list of the series with this label is, with its length and checksum (ReadPostingsList() takes it apart). The range may
  // end a few bytes behind the list. Nothing when no series has the label.
  std::optional<IndexRange> PostingsRange(std::string_view name, std::string_view value) const;
  // The same for the value that a walk over postings_table() is at.
  IndexRange PostingsRange(const PostingsTable::ValueCursor& value) const;

 private:
  IndexHeader() = default;
  Status Init();
  Status ReadHead();
  Status ReadTail(uint64_t* postings_table_at);

  std::string path_;
  std::optional<MappedFile> mapping_;
  FileBytes file_;
  int index_version_ = 0;
  uint64_t index_size_bytes_ = 0;
  IndexToc toc_;
  uint64_t postings_table_offset_ = 0;  // In the index, as the head says.
  std::optional<SymbolTable> symbols_;
  std::optional<PostingsTable> postings_table_;
};

}  // namespace epi::tsdb
