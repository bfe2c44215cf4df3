#include "common/tsdb/xor_pair.h"

#include <cstring>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "common/base/bytes.h"
#include "common/tsdb/xor_chunk.h"
#include "common/tsdb/xor_lane.h"

namespace epi::tsdb {
namespace {

// A chunk whose samples from the third on are still to be decoded.
struct Chunk {
  XorTail tail;
  XorLane lane;
  size_t next = 2;  // The first sample that is not decoded.

  bool Open(std::string_view data, FloatColumns* out, Status* status) {
    Result<XorTail> opened = OpenXor(data, out);
    if (!opened.ok()) *status = std::move(opened).status();
    if (!opened.ok() || opened->size < 2) return false;
    tail = *opened;
    lane = XorLane(tail.bytes, tail.position_bits, tail.t, tail.step, tail.bits, tail.window);
    return true;
  }
  bool Ready() const { return next < tail.size && lane.Roomy(); }
  // False when the next sample is not one for the lane.
  [[gnu::always_inline]] bool Step() {
    const size_t after = lane.Next(next, tail.size, tail.times, tail.values);
    if (after == next) return false;
    next = after;
    return true;
  }
};

// As long as both chunks have samples for their lanes; then each alone.
[[gnu::always_inline]] inline void RunLanes(Chunk* first, Chunk* second) {
  Chunk a = *first;
  Chunk b = *second;
  while (a.Ready() && b.Ready()) {
    if (!a.Step() || !b.Step()) break;
  }
  while (a.Ready() && a.Step()) {
  }
  while (b.Ready() && b.Step()) {
  }
  *first = a;
  *second = b;
}

// The same code for processors that shift by any register, and for those that do not.
void RunLanesPlain(Chunk* first, Chunk* second) { RunLanes(first, second); }

#if defined(__x86_64__)
__attribute__((target("bmi,bmi2,lzcnt"))) void RunLanesBmi(Chunk* first, Chunk* second) { RunLanes(first, second); }
#endif

#if defined(__x86_64__)
// Not by __builtin_cpu_supports(), which clang 14 cannot ask for it.
bool HasLzcnt() {
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  return __get_cpuid(0x80000001U, &a, &b, &c, &d) != 0 && (c & bit_LZCNT) != 0;
}
#endif

using LaneRunner = void (*)(Chunk* first, Chunk* second);

LaneRunner BestRunner() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("bmi2") != 0 && HasLzcnt()) return RunLanesBmi;
#endif
  return RunLanesPlain;
}

// What is left when the lane has come near the end: from a copy of the last bytes, so that it may read on; then by the plain reader.
Status FinishChunk(Chunk* chunk) {
  constexpr size_t kTailBytesMax = 48;
  XorTail& tail = chunk->tail;
  size_t position_bits = chunk->lane.position_bits();
  const size_t begin = position_bits / 8;
  if (chunk->next < tail.size && begin < tail.bytes.size() && tail.bytes.size() - begin <= kTailBytesMax) {
    const size_t left_bytes = tail.bytes.size() - begin;
    char copy[kTailBytesMax + XorLane::kMargin] = {};
    std::memcpy(copy, tail.bytes.data() + begin, left_bytes);
    chunk->lane = chunk->lane.Moved({copy, left_bytes}, position_bits % 8);
    while (chunk->Ready() && chunk->Step()) {
    }
    position_bits = 8 * begin + chunk->lane.position_bits();
  }
  tail.position_bits = position_bits;
  tail.t = chunk->lane.t();
  tail.step = chunk->lane.step();
  tail.bits = chunk->lane.bits();
  tail.window = chunk->lane.window();
  return FinishXor(tail, chunk->next);
}

}  // namespace

XorPairStatus DecodeXorPair(std::string_view first, std::string_view second, FloatColumns* first_out, FloatColumns* second_out) {
  static const LaneRunner run = BestRunner();
  Chunk a;
  Chunk b;
  XorPairStatus status;
  const bool more_a = a.Open(first, first_out, &status.first);
  const bool more_b = b.Open(second, second_out, &status.second);
  if (more_a && more_b) run(&a, &b);
  if (more_a) status.first = FinishChunk(&a);
  if (more_b) status.second = FinishChunk(&b);
  return status;
}

}  // namespace epi::tsdb
