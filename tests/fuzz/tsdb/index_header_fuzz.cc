// Any bytes as an index header: opened, and every symbol and every range read. Checksums are made right in a second round.
#include <cstddef>
#include <cstdint>
#include <string>

#include "common/base/bytes.h"
#include "common/base/check.h"
#include "common/base/crc32c.h"
#include "common/tsdb/index_header.h"

namespace epi::tsdb {
namespace {

void Put(uint32_t checksum, uint64_t at, std::string* bytes) {
  for (size_t i = 0; i < 4; ++i) (*bytes)[at + i] = static_cast<char>(checksum >> (24 - 8 * i));
}

// The section that begins with its length at `at` gets a right checksum, if it lies within the bytes.
void RepairSection(uint64_t at, std::string* bytes) {
  if (at > bytes->size() - 4) return;
  ByteReader reader(std::string_view(*bytes).substr(at, 4));
  const uint64_t size = reader.U32Be();
  if (size + 8 > bytes->size() - at) return;
  Put(Crc32c(std::string_view(*bytes).substr(at + 4, size)), at + 4 + size, bytes);
}

void RepairChecksums(std::string* bytes) {
  if (bytes->size() < kIndexHeaderHeadBytes + kTocBytes + kIndexHeaderTailBytes) return;
  const uint64_t tail_at = bytes->size() - kIndexHeaderTailBytes;
  ByteReader reader(std::string_view(*bytes).substr(tail_at + 8, 8));
  RepairSection(kIndexHeaderHeadBytes, bytes);
  RepairSection(reader.U64Be(), bytes);
  Put(Crc32c(std::string_view(*bytes).substr(tail_at - kTocBytes, kTocBytes - 4)), tail_at - 4, bytes);
  Put(Crc32c(std::string_view(*bytes).substr(tail_at, kIndexHeaderTailBytes - 4)), bytes->size() - 4, bytes);
}

void ReadAll(const std::string& bytes) {
  const auto header = IndexHeader::FromBytes(bytes, "index-header");
  if (!header.ok()) return;
  for (uint32_t i = 0; i < (*header)->symbols().count(); ++i) (void)(*header)->symbols().Get(i);
  for (const PostingsTable::Name& name : (*header)->postings_table().names()) {
    PostingsTable::ValueCursor values = (*header)->postings_table().Values(name.text);
    while (values.Next()) {
      CHECK((*header)->PostingsRange(name.text, values.value()) == (*header)->PostingsRange(values));
    }
  }
}

}  // namespace
}  // namespace epi::tsdb

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);  // NOLINT
  epi::tsdb::ReadAll(bytes);
  epi::tsdb::RepairChecksums(&bytes);
  epi::tsdb::ReadAll(bytes);
  return 0;
}
