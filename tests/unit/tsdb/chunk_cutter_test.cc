#include "common/tsdb/chunk_cutter.h"

#include <limits>

#include "tests/support/catch.h"

namespace epi::tsdb {
namespace {

TEST_CASE("samples at the ends of time are cut like any others") {
  constexpr int64_t kFirst = std::numeric_limits<int64_t>::min();
  constexpr int64_t kLast = std::numeric_limits<int64_t>::max();
  ChunkCutterOptions options;
  options.policy = ChunkCutterOptions::Policy::kHead;
  std::vector<EncodedChunk> chunks;
  ChunkCutter cutter(options, &chunks);
  constexpr int kEach = 100;
  for (int i = 0; i < kEach; ++i) cutter.Append(0, kFirst + i, 1);
  for (int i = kEach; i > 0; --i) cutter.Append(0, kLast - i, 1);
  cutter.Finish();
  uint32_t samples = 0;
  for (const EncodedChunk& chunk : chunks) {
    CHECK(chunk.mint_ms <= chunk.maxt_ms);
    samples += chunk.sample_count;
  }
  CHECK(samples == 2 * kEach);
  CHECK(chunks.front().mint_ms == kFirst);
  CHECK(chunks.back().maxt_ms == kLast - 1);
}

}  // namespace
}  // namespace epi::tsdb
