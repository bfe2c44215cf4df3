#include "common/tsdb/index_reader.h"

#include "common/base/bytes.h"
#include "common/base/crc32c.h"
#include "common/base/str_cat.h"

namespace epi::tsdb {

Result<std::unique_ptr<const IndexReader>> IndexReader::Open(const std::string& path) {
  std::unique_ptr<IndexReader> reader(new IndexReader());
  reader->path_ = path;
  reader->mapping_.emplace(TRY(MappedFile::Open(path)));
  reader->file_ = {reader->mapping_->bytes(), reader->path_};
  RETURN_IF_ERROR(reader->Init());
  // The two tables were read from end to end: their pages need not stay in memory.
  reader->mapping_->Forget(0, reader->symbols_->end());
  reader->mapping_->Forget(reader->postings_table_->begin(), reader->file_.size());
  return std::unique_ptr<const IndexReader>(std::move(reader));
}

Result<std::unique_ptr<const IndexReader>> IndexReader::FromBytes(std::string_view bytes, std::string path) {
  std::unique_ptr<IndexReader> reader(new IndexReader());
  reader->path_ = std::move(path);
  reader->file_ = {bytes, reader->path_};
  RETURN_IF_ERROR(reader->Init());
  return std::unique_ptr<const IndexReader>(std::move(reader));
}

Status IndexReader::Init() {
  ByteReader header(file_.bytes.substr(0, kIndexHeaderBytes));
  const uint32_t magic = header.U32Be();
  version_ = header.U8();
  if (!header.ok()) return file_.Corrupt(kSectionHeader, 0, "the file is too short for an index");
  if (magic != kIndexMagic) return file_.Corrupt(kSectionHeader, 0, "not an index: bad magic number");
  if (version_ != kIndexV1 && version_ != kIndexV2) {
    return file_.Corrupt(kSectionHeader, 4, StrCat("unknown index version ", version_));
  }
  toc_ = TRY(IndexToc::Decode(file_));
  symbols_.emplace(TRY(SymbolTable::Open(file_, toc_.symbols, version_)));
  if (symbols_->end() > toc_.series) {
    return file_.Corrupt(kSectionSymbols, toc_.symbols, "symbols reach into the series section");
  }
  postings_table_.emplace(TRY(PostingsTable::Open(file_, toc_.postings_table, version_)));
  return OkStatus();
}

Result<PostingsList> IndexReader::AllPostings() const { return Postings("", ""); }

Result<PostingsList> IndexReader::Postings(std::string_view name, std::string_view value) const {
  const std::optional<uint64_t> offset = postings_table_->Find(name, value);
  if (!offset) return PostingsList();
  return PostingsAt(*offset);
}

Result<PostingsList> IndexReader::PostingsAt(uint64_t list_offset) const {
  const PostingsList list = TRY(ReadPostingsList(file_, list_offset));
  if (mapping_) mapping_->Touch(list_offset, list.count() * sizeof(SeriesId));
  return list;
}

void IndexReader::Forget() const {
  if (mapping_) mapping_->Forget(0, file_.size());
}

Status IndexReader::BadSeries(SeriesId id, std::string_view what) const {
  return file_.Corrupt(kSectionSeries, SeriesOffset(id), what);
}

uint64_t IndexReader::SeriesEnd(SeriesId id) const {
  const uint64_t offset = SeriesOffset(id);
  ByteReader reader(file_.bytes.substr(offset, toc_.label_indices - offset));
  reader.UvarintBytes();
  reader.U32Be();
  return offset + reader.offset();
}

Status IndexReader::Series(SeriesId id, SeriesEntry* entry) const {
  const uint64_t offset = SeriesOffset(id);
  if (offset < toc_.series || offset >= toc_.label_indices) return BadSeries(id, "no series here: outside the section");
  if (mapping_) mapping_->Touch(offset);
  ByteReader reader(file_.bytes.substr(offset, toc_.label_indices - offset));
  const std::string_view body = reader.UvarintBytes();
  const uint32_t checksum = reader.U32Be();
  if (!reader.ok()) return BadSeries(id, "entry runs past the section");
  if (checksum != Crc32c(body)) return BadSeries(id, "bad checksum");
  const Status decoded = DecodeSeriesEntry(body, entry);
  return decoded.ok() ? decoded : BadSeries(id, decoded.message());
}

}  // namespace epi::tsdb
