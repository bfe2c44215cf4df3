// The inner loops of postings algebra, in forms for several CPUs with identical answers; chosen once at run time.
//
// mark: two blocks of W ids (8 with AVX2, 4 with SSE2) are compared all against all by W rotations; then the block with the
// lower last id moves on, both when they are equal:
//
//   a:  3 [ 7  9 12 15 ] 18 …        b:  [ 8  9 15 20 ] 22 …      marks 9 and 15; a moves on
//
// Marks are a bitmap: bit i%8 of byte i/8 says that a[i] is in b.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace epi::tsdb {

struct PostingsKernel {
  std::string_view name;
  // Sets the marks of every a[i] that is in b, leaves the others. REQUIRES: a and b strictly increase.
  void (*mark)(std::span<const uint32_t> a, std::span<const uint32_t> b, uint8_t* marks);
  // Copies the a[i] whose mark equals `marked` to out, in order; returns how many. REQUIRES: out has room for a.size() + 8.
  size_t (*compress)(std::span<const uint32_t> a, const uint8_t* marks, bool marked, uint32_t* out);
  // Big-endian numbers to native ones.
  void (*decode)(const uint8_t* big_endian, size_t count, uint32_t* out);
};

// All forms this CPU can run, slowest ("plain") first.
std::span<const PostingsKernel> AvailableKernels();
// The fastest.
const PostingsKernel& BestKernel();

}  // namespace epi::tsdb
