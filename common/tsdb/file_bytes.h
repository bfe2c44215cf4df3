// The bytes of one file of a block, with the name that errors about them carry.
//
// Contract: reads never leave the span. Checksummed() believes no byte before its checksum was right.
// Owns:     nothing; views of whoever mapped or made the bytes.
// Errors:   DataLoss "<path>: <section> at offset <n>: <what>".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/status.h"

namespace epi::tsdb {

struct FileBytes {
  std::string_view bytes;
  std::string_view path;

  uint64_t size() const { return bytes.size(); }
  // The error for bad bytes at `offset`.
  Status Corrupt(std::string_view section, uint64_t offset, std::string_view what) const;
  // `size` bytes at `offset`.
  Result<std::string_view> At(uint64_t offset, uint64_t size, std::string_view section) const;
  // The payload of `length u32 │ payload │ crc32c of payload` at `offset`.
  Result<std::string_view> Checksummed(uint64_t offset, std::string_view section) const;
};

}  // namespace epi::tsdb
