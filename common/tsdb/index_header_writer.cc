#include "common/tsdb/index_header_writer.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "common/base/bytes.h"
#include "common/base/crc32c.h"
#include "common/base/errno_status.h"
#include "common/base/file.h"
#include "common/base/str_cat.h"
#include "common/tsdb/buffered_file.h"

namespace epi::tsdb {
namespace {

// Reads a range and hands it on; a source that gives more or less is an error.
Status CopyRange(const IndexSource& index, IndexRange range, const IndexSource::Sink& sink) {
  uint64_t seen = 0;
  const uint64_t wanted = range.end - range.begin;
  RETURN_IF_ERROR(index.read(range, [&](std::string_view bytes) {
    seen += bytes.size();
    return seen <= wanted ? sink(bytes) : OkStatus();
  }));
  if (seen == wanted) return OkStatus();
  return DataLossError(StrCat(index.name, ": ", seen, " bytes came of ", wanted, " from offset ", range.begin));
}

Result<std::string> ReadRange(const IndexSource& index, IndexRange range) {
  std::string bytes;
  RETURN_IF_ERROR(CopyRange(index, range, [&](std::string_view piece) {
    bytes.append(piece);
    return OkStatus();
  }));
  return bytes;
}

Result<int> ReadVersion(const IndexSource& index) {
  const std::string bytes = TRY(ReadRange(index, {0, kIndexHeaderBytes}));
  const FileBytes file{bytes, index.name};
  ByteReader reader(bytes);
  if (reader.U32Be() != kIndexMagic) return file.Corrupt(kSectionHeader, 0, "not an index: bad magic number");
  const int version = reader.U8();
  if (version == kIndexV1 || version == kIndexV2) return version;
  return file.Corrupt(kSectionHeader, 4, StrCat("unknown index version ", version));
}

std::string HeadOf(int index_version, const IndexToc& toc) {
  std::string head;
  ByteWriter writer(&head);
  writer.U32Be(kIndexHeaderMagic);
  writer.U8(kIndexHeaderVersion);
  writer.U8(static_cast<uint8_t>(index_version));
  writer.U64Be(toc.postings_table);
  return head;
}

std::string TailOf(const IndexToc& toc) {
  std::string tail;
  ByteWriter writer(&tail);
  writer.U64Be(kIndexHeaderHeadBytes);
  writer.U64Be(kIndexHeaderHeadBytes + toc.series - toc.symbols);
  writer.U32Be(Crc32c(tail));
  return tail;
}

Status WriteTemporary(const IndexSource& index, const std::string& path) {
  if (index.size_bytes < kIndexHeaderBytes + kTocBytes) {
    return DataLossError(StrCat(index.name, ": the file is too short for an index"));
  }
  const int version = TRY(ReadVersion(index));
  const uint64_t toc_at = index.size_bytes - kTocBytes;
  const std::string toc_bytes = TRY(ReadRange(index, {toc_at, index.size_bytes}));
  const IndexToc toc = TRY(IndexToc::Decode({toc_bytes, index.name}, 0, toc_at));
  BufferedFile file = TRY(BufferedFile::Create(path));
  const auto append = [&](std::string_view bytes) { return file.Append(bytes); };
  RETURN_IF_ERROR(file.Append(HeadOf(version, toc)));
  RETURN_IF_ERROR(CopyRange(index, {toc.symbols, toc.series}, append));
  RETURN_IF_ERROR(CopyRange(index, {toc.postings_table, index.size_bytes}, append));
  RETURN_IF_ERROR(file.Append(TailOf(toc)));
  return file.Finish();
}

Status Publish(const std::string& temporary, const std::string& path) {
  RETURN_IF_ERROR(IndexHeader::Open(temporary).status());
  if (std::rename(temporary.c_str(), path.c_str()) != 0) return ErrnoError(errno, StrCat("rename ", temporary, " to ", path));
  return SyncDirectory(ParentDirectory(path));
}

}  // namespace

Status WriteIndexHeader(const IndexSource& index, const std::string& path) {
  const std::string temporary = StrCat(path, ".tmp");
  std::error_code ignored;
  std::filesystem::remove(temporary, ignored);  // Of a crash.
  Status status = WriteTemporary(index, temporary);
  if (status.ok()) status = Publish(temporary, path);
  if (!status.ok()) std::filesystem::remove(temporary, ignored);
  return status;
}

Status WriteIndexHeader(const std::string& index_path, const std::string& path) {
  const MappedFile file = TRY(MappedFile::Open(index_path));
  const IndexSource source{index_path, file.bytes().size(), [&](IndexRange range, const IndexSource::Sink& sink) {
                             return sink(TRY(file.view().At(range.begin, range.end - range.begin, kSectionHeader)));
                           }};
  return WriteIndexHeader(source, path);
}

}  // namespace epi::tsdb
