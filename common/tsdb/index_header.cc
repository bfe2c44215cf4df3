#include "common/tsdb/index_header.h"

#include "common/base/bytes.h"
#include "common/base/crc32c.h"
#include "common/base/str_cat.h"

namespace epi::tsdb {
namespace {

constexpr std::string_view kSectionTail = "offsets at the end";

}  // namespace

Result<std::unique_ptr<const IndexHeader>> IndexHeader::Open(const std::string& path) {
  std::unique_ptr<IndexHeader> header(new IndexHeader());
  header->path_ = path;
  header->mapping_.emplace(TRY(MappedFile::Open(path)));
  header->file_ = {header->mapping_->bytes(), header->path_};
  RETURN_IF_ERROR(header->Init());
  // All of it was read once: its pages need not stay in memory.
  header->mapping_->Forget(0, header->file_.size());
  return std::unique_ptr<const IndexHeader>(std::move(header));
}

Result<std::unique_ptr<const IndexHeader>> IndexHeader::FromBytes(std::string_view bytes, std::string path) {
  std::unique_ptr<IndexHeader> header(new IndexHeader());
  header->path_ = std::move(path);
  header->file_ = {bytes, header->path_};
  RETURN_IF_ERROR(header->Init());
  return std::unique_ptr<const IndexHeader>(std::move(header));
}

Status IndexHeader::ReadHead() {
  if (file_.size() < kIndexHeaderHeadBytes + kTocBytes + kIndexHeaderTailBytes) {
    return file_.Corrupt(kSectionHeader, 0, "the file is too short for an index header");
  }
  ByteReader reader(file_.bytes);
  if (reader.U32Be() != kIndexHeaderMagic) return file_.Corrupt(kSectionHeader, 0, "not an index header: bad magic number");
  const uint8_t version = reader.U8();
  if (version != kIndexHeaderVersion) return file_.Corrupt(kSectionHeader, 4, StrCat("unknown version ", unsigned{version}));
  index_version_ = reader.U8();
  if (index_version_ != kIndexV1 && index_version_ != kIndexV2) {
    return file_.Corrupt(kSectionHeader, 5, StrCat("unknown index version ", index_version_));
  }
  postings_table_offset_ = reader.U64Be();
  return OkStatus();
}

// The copied pieces must have the sizes that the index' TOC gives them.
Status IndexHeader::ReadTail(uint64_t* postings_table_at) {
  const uint64_t tail_at = file_.size() - kIndexHeaderTailBytes;
  const std::string_view tail = file_.bytes.substr(tail_at);
  ByteReader reader(tail);
  const uint64_t symbols_at = reader.U64Be();
  *postings_table_at = reader.U64Be();
  if (reader.U32Be() != Crc32c(tail.substr(0, kIndexHeaderTailBytes - 4))) {
    return file_.Corrupt(kSectionTail, tail_at, "bad checksum");
  }
  const uint64_t toc_at = tail_at - kTocBytes;
  if (symbols_at != kIndexHeaderHeadBytes || *postings_table_at < symbols_at || *postings_table_at > toc_at) {
    return file_.Corrupt(kSectionTail, tail_at, "sections out of order or outside the file");
  }
  const uint64_t table_bytes = toc_at - *postings_table_at;
  if (postings_table_offset_ > UINT64_MAX - table_bytes - kTocBytes) {
    return file_.Corrupt(kSectionHeader, 6, "the postings offset table cannot be there");
  }
  index_size_bytes_ = postings_table_offset_ + table_bytes + kTocBytes;
  toc_ = TRY(IndexToc::Decode(file_, toc_at, postings_table_offset_ + table_bytes));
  if (toc_.postings_table != postings_table_offset_ || toc_.series - toc_.symbols != *postings_table_at - symbols_at) {
    return file_.Corrupt(kSectionToc, toc_at, "of another index than the rest");
  }
  return OkStatus();
}

Status IndexHeader::Init() {
  RETURN_IF_ERROR(ReadHead());
  uint64_t postings_table_at = 0;
  RETURN_IF_ERROR(ReadTail(&postings_table_at));
  symbols_.emplace(
      TRY(SymbolTable::Open(file_, kIndexHeaderHeadBytes, index_version_, kIndexHeaderHeadBytes - toc_.symbols)));
  if (symbols_->end() > postings_table_at) {
    return file_.Corrupt(kSectionSymbols, kIndexHeaderHeadBytes, "symbols reach into the postings offset table");
  }
  postings_table_.emplace(TRY(PostingsTable::Open(file_, postings_table_at, index_version_)));
  return OkStatus();
}

IndexRange IndexHeader::PostingsRange(const PostingsTable::ValueCursor& value) const {
  const uint64_t begin = value.list_offset();
  if (value.next_list_offset() > begin) return {begin, value.next_list_offset()};
  // The last list, or one of a table that is not in the order of the lists. Old writers put the label offset table behind the lists.
  return {begin, toc_.label_offset_table > begin ? toc_.label_offset_table : toc_.postings_table};
}

std::optional<IndexRange> IndexHeader::PostingsRange(std::string_view name, std::string_view value) const {
  PostingsTable::ValueCursor cursor = postings_table_->Values(name, value);
  if (!cursor.Next() || cursor.value() != value) return std::nullopt;
  return PostingsRange(cursor);
}

}  // namespace epi::tsdb
