// Sizes in bytes as Thanos' flags and files write them: 2GB, 250MB, 512KiB, 1GB512MB, 1.5GB. All units are powers of 1024.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/status.h"

namespace epi {

// A count of bytes with its own text form, so that a flag or a YAML key knows its grammar.
struct ByteSize {
  uint64_t bytes = 0;
  friend auto operator<=>(const ByteSize&, const ByteSize&) = default;
};

// B, KB, KiB, … PB, PiB, EB, EiB in any letter case; a plain number is bytes.
// Errors: InvalidArgument for anything else, negative sizes and 2^64 and above.
Result<ByteSize> ParseByteSize(std::string_view text);
// The largest unit that divides, then the rest: "2GiB", "1GiB512MiB", "0B".
std::string FormatByteSize(ByteSize size);

}  // namespace epi
