#include "common/tsdb/index_format.h"

#include "common/base/bytes.h"
#include "common/base/crc32c.h"

namespace epi::tsdb {

Result<IndexToc> IndexToc::Decode(const FileBytes& index) {
  if (index.size() < kIndexHeaderBytes + kTocBytes) {
    return index.Corrupt(kSectionToc, index.size(), "the file is too short for an index");
  }
  const uint64_t at = index.size() - kTocBytes;
  return Decode(index, at, at);
}

Result<IndexToc> IndexToc::Decode(const FileBytes& file, uint64_t at, uint64_t index_at) {
  const std::string_view bytes = file.bytes.substr(at, kTocBytes);
  ByteReader reader(bytes);
  IndexToc toc;
  for (uint64_t* field : {&toc.symbols, &toc.series, &toc.label_indices, &toc.label_offset_table, &toc.postings,
                          &toc.postings_table}) {
    *field = reader.U64Be();
  }
  if (reader.U32Be() != Crc32c(bytes.substr(0, kTocBytes - 4))) return file.Corrupt(kSectionToc, at, "bad checksum");
  const bool ordered = toc.symbols >= kIndexHeaderBytes && toc.symbols <= toc.series && toc.series <= toc.label_indices &&
                       toc.label_indices <= toc.postings_table && toc.postings_table <= index_at;
  if (!ordered) return file.Corrupt(kSectionToc, at, "sections out of order or outside the file");
  return toc;
}

void IndexToc::AppendTo(std::string* out) const {
  const size_t begin = out->size();
  ByteWriter writer(out);
  for (const uint64_t field : {symbols, series, label_indices, label_offset_table, postings, postings_table}) {
    writer.U64Be(field);
  }
  writer.U32Be(Crc32c(std::string_view(*out).substr(begin)));
}

}  // namespace epi::tsdb
