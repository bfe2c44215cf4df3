// CRC-32C (Castagnoli), the checksum of Prometheus' block files and of snappy frames.
//
// Uses the CPU's instruction where there is one (chosen at run time), else tables.
//
//   Crc32c("123456789") == 0xE3069283
#pragma once

#include <cstdint>
#include <string_view>

namespace epi {

// Continues a checksum: Crc32cExtend(Crc32c(a), b) == Crc32c(a + b). Start with 0.
uint32_t Crc32cExtend(uint32_t crc, std::string_view bytes);
inline uint32_t Crc32c(std::string_view bytes) { return Crc32cExtend(0, bytes); }

namespace internal {
// The table form, on every CPU; for tests.
uint32_t Crc32cExtendPortable(uint32_t crc, std::string_view bytes);
}  // namespace internal

}  // namespace epi
