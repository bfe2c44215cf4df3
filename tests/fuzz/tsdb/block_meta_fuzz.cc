// Any bytes as a meta.json; what parses is written and read again to the same contents.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/check.h"
#include "common/tsdb/block_meta.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using epi::tsdb::BlockMeta;
  const auto parsed = BlockMeta::Parse({reinterpret_cast<const char*>(data), size}, "meta.json");  // NOLINT
  if (!parsed.ok()) return 0;
  const std::string text = parsed->Encode();
  const auto again = BlockMeta::Parse(text, "meta.json");
  CHECK(again.ok());
  CHECK(again->Encode() == text);
  return 0;
}
