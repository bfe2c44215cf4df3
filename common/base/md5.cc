#include "common/base/md5.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <string>

#include "common/base/bytes.h"

namespace epi {
namespace {

constexpr size_t kBlockBytes = 64;

// RFC 1321: floor(2^32 × |sin(i + 1)|), and the rotations of each round.
std::array<uint32_t, 64> MakeSines() {
  std::array<uint32_t, 64> sines{};
  for (size_t i = 0; i < sines.size(); ++i) {
    sines.at(i) = static_cast<uint32_t>(std::floor(std::fabs(std::sin(static_cast<double>(i + 1))) * 4294967296.0));
  }
  return sines;
}
constexpr int kRotations[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

void AddBlock(const char* block, std::array<uint32_t, 4>* state) {
  static const std::array<uint32_t, 64> kSines = MakeSines();
  std::array<uint32_t, 16> words{};
  ByteReader reader({block, kBlockBytes});
  for (uint32_t& word : words) word = reader.U32Le();
  auto [a, b, c, d] = *state;
  for (uint32_t i = 0; i < 64; ++i) {
    const uint32_t round = i / 16;
    uint32_t mixed = 0;
    uint32_t index = 0;
    switch (round) {
      case 0: mixed = (b & c) | (~b & d); index = i; break;
      case 1: mixed = (d & b) | (~d & c); index = (5 * i + 1) % 16; break;
      case 2: mixed = b ^ c ^ d; index = (3 * i + 5) % 16; break;
      default: mixed = c ^ (b | ~d); index = (7 * i) % 16; break;
    }
    const uint32_t sum = a + mixed + kSines.at(i) + words.at(index);
    a = d;
    d = c;
    c = b;
    b += std::rotl(sum, kRotations[round][i % 4]);
  }
  (*state)[0] += a;
  (*state)[1] += b;
  (*state)[2] += c;
  (*state)[3] += d;
}

}  // namespace

std::array<uint8_t, 16> Md5(std::string_view bytes) {
  std::array<uint32_t, 4> state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  const uint64_t bits = static_cast<uint64_t>(bytes.size()) * 8;
  while (bytes.size() >= kBlockBytes) {
    AddBlock(bytes.data(), &state);
    bytes.remove_prefix(kBlockBytes);
  }
  // The rest, a one bit, zeros up to 8 bytes before the end of a block, and the length in bits.
  std::string tail(bytes);
  tail.push_back('\x80');
  tail.resize((tail.size() + 8 + kBlockBytes - 1) / kBlockBytes * kBlockBytes - 8, '\0');
  ByteWriter(&tail).U64Le(bits);
  for (size_t at = 0; at < tail.size(); at += kBlockBytes) AddBlock(tail.data() + at, &state);
  std::array<uint8_t, 16> digest{};
  for (size_t i = 0; i < digest.size(); ++i) digest.at(i) = static_cast<uint8_t>(state.at(i / 4) >> (8 * (i % 4)));
  return digest;
}

}  // namespace epi
