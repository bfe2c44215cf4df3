// Any bytes as a tombstones file; what parses is written and read again to the same intervals.
#include <cstddef>
#include <cstdint>
#include <string>

#include "common/base/bytes.h"
#include "common/base/check.h"
#include "common/base/crc32c.h"
#include "common/tsdb/tombstones.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using epi::tsdb::Tombstones;
  std::string bytes(reinterpret_cast<const char*>(data), size);  // NOLINT
  (void)Tombstones::Parse({bytes, "tombstones"});
  // The same entries under a right header and checksum.
  std::string whole;
  epi::ByteWriter writer(&whole);
  writer.U32Be(0x0130BA30);
  writer.U8(1);
  writer.Bytes(bytes);
  writer.U32Be(epi::Crc32c(bytes));
  const auto parsed = Tombstones::Parse({whole, "tombstones"});
  if (!parsed.ok()) return 0;
  const auto again = Tombstones::Parse({parsed->Encode(), "tombstones"});
  CHECK(again.ok());
  CHECK(again->by_series() == parsed->by_series());
  return 0;
}
