#include "common/tsdb/file_bytes.h"

#include "common/base/bytes.h"
#include "common/base/crc32c.h"
#include "common/base/str_cat.h"

namespace epi::tsdb {

Status FileBytes::Corrupt(std::string_view section, uint64_t offset, std::string_view what) const {
  return DataLossError(StrCat(path, ": ", section, " at offset ", offset, ": ", what));
}

Result<std::string_view> FileBytes::At(uint64_t offset, uint64_t size, std::string_view section) const {
  if (offset > bytes.size() || size > bytes.size() - offset) {
    return Corrupt(section, offset, StrCat(size, " bytes wanted, but the file ends at ", bytes.size()));
  }
  return bytes.substr(offset, size);
}

Result<std::string_view> FileBytes::Checksummed(uint64_t offset, std::string_view section) const {
  ByteReader head(TRY(At(offset, 4, section)));
  const uint64_t size = head.U32Be();
  ByteReader reader(TRY(At(offset + 4, size + 4, section)));
  const std::string_view payload = reader.Bytes(size);
  if (reader.U32Be() != Crc32c(payload)) return Corrupt(section, offset, "bad checksum");
  return payload;
}

}  // namespace epi::tsdb
