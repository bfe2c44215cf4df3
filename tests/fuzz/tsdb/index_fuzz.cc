// Any bytes as an index: opened, and every series, list and symbol read. Seeds: tests/fixtures/blocks/*/*/index.
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

#include "common/base/bytes.h"
#include "common/base/crc32c.h"
#include "common/tsdb/block_labels.h"
#include "common/tsdb/index_reader.h"
#include "common/tsdb/index_verify.h"
#include "common/tsdb/matcher_postings.h"

namespace epi::tsdb {
namespace {

// Makes the checksums of TOC and tables right, so that the fuzzer gets past them.
void RepairChecksums(std::string* bytes) {
  if (bytes->size() < kIndexHeaderBytes + kTocBytes) return;
  const auto put = [&](uint64_t at, uint32_t checksum) {
    for (size_t i = 0; i < 4; ++i) (*bytes)[at + i] = static_cast<char>(checksum >> (24 - 8 * i));
  };
  const uint64_t toc_at = bytes->size() - kTocBytes;
  put(bytes->size() - 4, Crc32c(std::string_view(*bytes).substr(toc_at, kTocBytes - 4)));
  for (const size_t field : {size_t{0}, size_t{5}}) {
    ByteReader reader(std::string_view(*bytes).substr(toc_at + field * 8, 8));
    const uint64_t at = reader.U64Be();
    if (at > toc_at - 4 || at < kIndexHeaderBytes) continue;
    ByteReader size_reader(std::string_view(*bytes).substr(at, 4));
    const uint64_t size = size_reader.U32Be();
    if (at + 8 + size > toc_at) continue;
    put(at + 4 + size, Crc32c(std::string_view(*bytes).substr(at + 4, size)));
  }
}

void ReadAll(const std::string& bytes) {
  const auto index = IndexReader::FromBytes(bytes, "index");
  if (!index.ok()) return;
  BlockVerification verification;
  const auto ignore = [](const labels::Labels&, const SeriesEntry&) { return OkStatus(); };
  (void)VerifyIndex(Context::Background(), **index, ignore, &verification);
  std::set<std::string> values;
  (void)CollectLabelValues(Context::Background(), **index, "__name__", {}, &values);
  const labels::Matchers matchers = {labels::Matcher::NotEqual("__name__", ""), labels::Matcher::NotEqual("job", "x")};
  const auto matched = MatchPostings(Context::Background(), **index, matchers);
  if (!matched.ok()) return;
  while (!matched->ids->Next().empty()) {
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
