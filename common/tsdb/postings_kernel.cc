#include "common/tsdb/postings_kernel.h"

#include <array>
#include <bit>
#include <cstring>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace epi::tsdb {
namespace {

using Ids = std::span<const uint32_t>;

// Marks a[i…] against b[j…] one by one; also the tail of the wider forms.
void MarkFrom(Ids a, size_t i, Ids b, size_t j, uint8_t* marks) {
  while (i < a.size() && j < b.size()) {
    const uint32_t x = a[i];
    const uint32_t y = b[j];
    if (x == y) marks[i / 8] = static_cast<uint8_t>(marks[i / 8] | 1U << (i % 8));
    i += static_cast<size_t>(x <= y);
    j += static_cast<size_t>(y <= x);
  }
}

void MarkPlain(Ids a, Ids b, uint8_t* marks) { MarkFrom(a, 0, b, 0, marks); }

size_t CompressFrom(Ids a, size_t i, const uint8_t* marks, bool marked, uint32_t* out) {
  size_t count = 0;
  for (; i < a.size(); ++i) {
    out[count] = a[i];
    count += static_cast<size_t>(((marks[i / 8] >> (i % 8) & 1) != 0) == marked);
  }
  return count;
}

size_t CompressPlain(Ids a, const uint8_t* marks, bool marked, uint32_t* out) {
  return CompressFrom(a, 0, marks, marked, out);
}

void DecodePlain(const uint8_t* big_endian, size_t count, uint32_t* out) {
  for (size_t i = 0; i < count; ++i) {
    uint32_t word = 0;
    std::memcpy(&word, big_endian + i * 4, 4);
    out[i] = std::endian::native == std::endian::little ? __builtin_bswap32(word) : word;
  }
}

constexpr PostingsKernel kPlain = {"plain", MarkPlain, CompressPlain, DecodePlain};

#if defined(__x86_64__)

void MarkSse2(Ids a, Ids b, uint8_t* marks) {
  size_t i = 0;
  size_t j = 0;
  while (i + 4 <= a.size() && j + 4 <= b.size()) {
    const __m128i va = _mm_loadu_si128(reinterpret_cast<const __m128i*>(&a[i]));  // NOLINT
    const __m128i vb = _mm_loadu_si128(reinterpret_cast<const __m128i*>(&b[j]));  // NOLINT
    const __m128i r0 = _mm_cmpeq_epi32(va, vb);
    const __m128i r1 = _mm_cmpeq_epi32(va, _mm_shuffle_epi32(vb, 0x39));
    const __m128i r2 = _mm_cmpeq_epi32(va, _mm_shuffle_epi32(vb, 0x4E));
    const __m128i r3 = _mm_cmpeq_epi32(va, _mm_shuffle_epi32(vb, 0x93));
    const __m128i any = _mm_or_si128(_mm_or_si128(r0, r1), _mm_or_si128(r2, r3));
    const int mask = _mm_movemask_ps(_mm_castsi128_ps(any));
    marks[i / 8] = static_cast<uint8_t>(marks[i / 8] | mask << (i % 8));
    const uint32_t a_last = a[i + 3];
    const uint32_t b_last = b[j + 3];
    i += a_last <= b_last ? 4 : 0;
    j += b_last <= a_last ? 4 : 0;
  }
  MarkFrom(a, i, b, j, marks);
}

constexpr PostingsKernel kSse2 = {"sse2", MarkSse2, CompressPlain, DecodePlain};

// kLanes[mask]: the numbers of the set bits of mask, lowest first, one per byte: a permutation that moves them to the front.
constexpr std::array<uint64_t, 256> MakeLanes() {
  std::array<uint64_t, 256> lanes{};
  for (size_t mask = 0; mask < 256; ++mask) {
    size_t place = 0;
    for (size_t bit = 0; bit < 8; ++bit) {
      if ((mask >> bit & 1) != 0) lanes[mask] |= uint64_t{bit} << (8 * place++);
    }
  }
  return lanes;
}
constexpr auto kLanes = MakeLanes();

__attribute__((target("avx2"))) void MarkAvx2(Ids a, Ids b, uint8_t* marks) {
  size_t i = 0;
  size_t j = 0;
  while (i + 8 <= a.size() && j + 8 <= b.size()) {
    const __m256i va = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(&a[i]));  // NOLINT
    __m256i vb = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(&b[j]));        // NOLINT
    // Rotations within halves are cheaper than across: four of them, then the halves change places, then four again.
    __m256i any = _mm256_cmpeq_epi32(va, vb);
    any = _mm256_or_si256(any, _mm256_cmpeq_epi32(va, _mm256_shuffle_epi32(vb, 0x39)));
    any = _mm256_or_si256(any, _mm256_cmpeq_epi32(va, _mm256_shuffle_epi32(vb, 0x4E)));
    any = _mm256_or_si256(any, _mm256_cmpeq_epi32(va, _mm256_shuffle_epi32(vb, 0x93)));
    vb = _mm256_permute2x128_si256(vb, vb, 1);
    any = _mm256_or_si256(any, _mm256_cmpeq_epi32(va, vb));
    any = _mm256_or_si256(any, _mm256_cmpeq_epi32(va, _mm256_shuffle_epi32(vb, 0x39)));
    any = _mm256_or_si256(any, _mm256_cmpeq_epi32(va, _mm256_shuffle_epi32(vb, 0x4E)));
    any = _mm256_or_si256(any, _mm256_cmpeq_epi32(va, _mm256_shuffle_epi32(vb, 0x93)));
    const int mask = _mm256_movemask_ps(_mm256_castsi256_ps(any));
    marks[i / 8] = static_cast<uint8_t>(marks[i / 8] | mask);
    const uint32_t a_last = a[i + 7];
    const uint32_t b_last = b[j + 7];
    i += a_last <= b_last ? 8 : 0;
    j += b_last <= a_last ? 8 : 0;
  }
  MarkFrom(a, i, b, j, marks);
}

__attribute__((target("avx2"))) size_t CompressAvx2(Ids a, const uint8_t* marks, bool marked, uint32_t* out) {
  const uint8_t flip = marked ? 0 : 0xFF;
  size_t count = 0;
  size_t i = 0;
  for (; i + 8 <= a.size(); i += 8) {
    const auto mask = static_cast<uint8_t>(marks[i / 8] ^ flip);
    const __m256i lanes = _mm256_cvtepu8_epi32(_mm_cvtsi64_si128(static_cast<int64_t>(kLanes[mask])));
    const __m256i ids = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(&a[i]));  // NOLINT
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + count),                      // NOLINT
                        _mm256_permutevar8x32_epi32(ids, lanes));
    count += static_cast<size_t>(std::popcount(mask));
  }
  return count + CompressFrom(a, i, marks, marked, out + count);
}

__attribute__((target("avx2"))) void DecodeAvx2(const uint8_t* big_endian, size_t count, uint32_t* out) {
  const __m256i swap = _mm256_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12,  //
                                        3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m256i words = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(big_endian + i * 4));  // NOLINT
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + i), _mm256_shuffle_epi8(words, swap));      // NOLINT
  }
  DecodePlain(big_endian + i * 4, count - i, out + i);
}

constexpr PostingsKernel kAvx2 = {"avx2", MarkAvx2, CompressAvx2, DecodeAvx2};

#endif

std::vector<PostingsKernel> DetectKernels() {
  std::vector<PostingsKernel> kernels = {kPlain};
#if defined(__x86_64__)
  kernels.push_back(kSse2);
  if (__builtin_cpu_supports("avx2") != 0) kernels.push_back(kAvx2);
#endif
  return kernels;
}

}  // namespace

std::span<const PostingsKernel> AvailableKernels() {
  static const std::vector<PostingsKernel> kernels = DetectKernels();
  return kernels;
}

const PostingsKernel& BestKernel() { return AvailableKernels().back(); }

}  // namespace epi::tsdb
