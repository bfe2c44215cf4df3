// Random: a small fast generator whose whole sequence follows from its seed. Not for secrets.
//
//   Random random(seed);                       // print the seed: a failing run can be replayed
//   random.Uniform(10), random.Fraction(), std::shuffle(v.begin(), v.end(), random)
//
// Threads:  one thread per generator.
#pragma once

#include <array>
#include <cstdint>
#include <limits>

namespace epi {

class Random {
 public:
  using result_type = uint64_t;

  explicit Random(uint64_t seed);
  // From the operating system's entropy.
  static uint64_t SystemSeed();

  // 64 random bits (xoshiro256++).
  uint64_t U64();
  // In [0, bound), without bias. REQUIRES: bound > 0.
  uint64_t Uniform(uint64_t bound);
  // In [0, 1).
  double Fraction() { return static_cast<double>(U64() >> 11) * 0x1p-53; }
  // True once in `n` calls on average. REQUIRES: n > 0.
  bool OneIn(uint64_t n) { return Uniform(n) == 0; }

  // UniformRandomBitGenerator, for std::shuffle and distributions.
  static constexpr uint64_t min() { return 0; }
  static constexpr uint64_t max() { return std::numeric_limits<uint64_t>::max(); }
  uint64_t operator()() { return U64(); }

 private:
  std::array<uint64_t, 4> state_;
};

}  // namespace epi
