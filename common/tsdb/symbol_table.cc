#include "common/tsdb/symbol_table.h"

#include "common/base/bytes.h"
#include "common/base/str_cat.h"
#include "common/tsdb/index_format.h"

namespace epi::tsdb {

Result<SymbolTable> SymbolTable::Open(const FileBytes& file, uint64_t offset, int version, uint64_t v1_shift) {
  SymbolTable table;
  table.section_ = TRY(file.Checksummed(offset, kSectionSymbols));
  table.file_ = file;
  table.offset_ = offset;
  table.v1_shift_ = v1_shift;
  table.by_offset_ = version == kIndexV1;
  RETURN_IF_ERROR(table.Scan(file, version));
  return table;
}

Status SymbolTable::Scan(const FileBytes& file, int version) {
  ByteReader reader(section_);
  count_ = reader.U32Be();
  // Each symbol takes at least its size byte.
  if (!reader.ok() || count_ > reader.remaining()) {
    return file.Corrupt(kSectionSymbols, offset_, StrCat(count_, " symbols do not fit the section"));
  }
  samples_.reserve(count_ / kSampleEvery + 1);
  std::string_view previous;
  for (uint32_t i = 0; i < count_; ++i) {
    const size_t at = reader.offset();
    const std::string_view symbol = reader.UvarintBytes();
    if (!reader.ok()) return file.Corrupt(kSectionSymbols, offset_ + 4 + at, "symbol runs past the section");
    if (version != kIndexV1 && i > 0 && symbol <= previous) {
      return file.Corrupt(kSectionSymbols, offset_ + 4 + at, "symbols out of order");
    }
    if (i % kSampleEvery == 0) samples_.push_back(static_cast<uint32_t>(at));
    previous = symbol;
  }
  if (!reader.empty()) return file.Corrupt(kSectionSymbols, offset_ + 4 + reader.offset(), "bytes after the last symbol");
  return OkStatus();
}

Status SymbolTable::BadReference(uint32_t reference) const {
  return file_.Corrupt(kSectionSymbols, offset_, StrCat("no symbol ", reference));
}

Result<std::string_view> SymbolTable::Get(uint32_t reference) const {
  if (by_offset_) {
    const uint64_t at = uint64_t{reference} + v1_shift_;
    if (at < offset_ + 8 || at >= offset_ + 4 + section_.size()) return BadReference(reference);
    ByteReader reader(section_.substr(at - offset_ - 4));
    const std::string_view symbol = reader.UvarintBytes();
    if (!reader.ok()) return BadReference(reference);
    return symbol;
  }
  if (reference >= count_) return BadReference(reference);
  ByteReader reader(section_.substr(samples_[reference / kSampleEvery]));
  for (uint32_t i = reference % kSampleEvery; i > 0; --i) reader.UvarintBytes();
  const std::string_view symbol = reader.UvarintBytes();
  if (!reader.ok()) return BadReference(reference);
  return symbol;
}

}  // namespace epi::tsdb
