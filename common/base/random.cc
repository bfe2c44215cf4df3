#include "common/base/random.h"

#include <bit>
#include <random>

#include "common/base/check.h"

namespace epi {

__extension__ using uint128 = unsigned __int128;

Random::Random(uint64_t seed) {
  // SplitMix64 spreads any seed, zero too, over the whole state.
  for (uint64_t& word : state_) {
    seed += 0x9E3779B97F4A7C15U;
    uint64_t mixed = seed;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
    word = mixed ^ (mixed >> 31);
  }
}

uint64_t Random::SystemSeed() {
  std::random_device device;
  return (static_cast<uint64_t>(device()) << 32) | device();
}

uint64_t Random::U64() {
  auto& s = state_;
  const uint64_t result = std::rotl(s[0] + s[3], 23) + s[0];
  const uint64_t shifted = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= shifted;
  s[3] = std::rotl(s[3], 45);
  return result;
}

uint64_t Random::Uniform(uint64_t bound) {
  CHECK(bound > 0);
  // The high half of a 128-bit product is uniform once the few products below 2^64 mod bound are thrown away.
  const uint64_t threshold = (0 - bound) % bound;
  while (true) {
    const uint128 product = static_cast<uint128>(U64()) * bound;
    if (static_cast<uint64_t>(product) >= threshold) return static_cast<uint64_t>(product >> 64);
  }
}

}  // namespace epi
