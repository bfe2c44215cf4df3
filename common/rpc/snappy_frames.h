// Snappy's framing format: a stream identifier, then chunks of at most 64 KiB of data, each with its checksum.
//
//   ┌──────┬──────────────┬─────────────────────────────────────────────────┐
//   │ type │ length 3, LE │ body                                            │
//   ├──────┼──────────────┼─────────────────────────────────────────────────┤
//   │ 0xff │ 6            │ "sNaPpY"                                        │
//   │ 0x00 │              │ masked CRC-32C of the data (4, LE) | snappy     │
//   │ 0x01 │              │ masked CRC-32C of the data (4, LE) | data       │
//   │ 0x80…0xfe           │ skipped                                         │
//   └──────┴──────────────┴─────────────────────────────────────────────────┘
//
// Errors: Internal for bytes that break the format or a checksum; ResourceExhausted for more than `bytes_max` of data.
#pragma once

#include <string>
#include <string_view>

#include "common/base/status.h"

namespace epi::rpc {

std::string SnappyFramesCompress(std::string_view bytes);
Result<std::string> SnappyFramesDecompress(std::string_view bytes, size_t bytes_max);

}  // namespace epi::rpc
