#include "common/base/bytes.h"

namespace epi {

uint64_t ByteReader::UvarintSlow() {
  uint64_t value = 0;
  for (size_t i = 0; i < kVarintBytesMax && position_ + i < bytes_.size(); ++i) {
    const uint64_t byte = static_cast<uint8_t>(bytes_[position_ + i]);
    // The tenth byte carries one bit only.
    if (i == kVarintBytesMax - 1 && byte > 1) break;
    value |= (byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      position_ += i + 1;
      return value;
    }
  }
  Fail();
  return 0;
}

}  // namespace epi
