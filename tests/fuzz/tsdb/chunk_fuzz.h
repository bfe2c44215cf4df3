// What every chunk target does with its bytes: reads them by every reader, and what decodes must survive another round trip.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/check.h"
#include "common/tsdb/chunk_cursor.h"
#include "common/tsdb/chunk_cutter.h"
#include "common/tsdb/chunk_iterator.h"
#include "tests/unit/tsdb/chunk_text.h"

namespace epi::tsdb {

// The chunk's samples as text, up to its end or its first error.
inline std::vector<std::string> SamplesOf(const ChunkData& chunk, bool* whole) {
  std::vector<std::string> lines;
  *whole = false;
  ChunkIterator it;
  if (!it.Open(chunk).ok()) return lines;
  SampleText text;
  while (true) {
    const Result<bool> more = it.Next();
    if (!more.ok()) return lines;
    if (!*more) break;
    lines.push_back(text.Format(&it));
  }
  *whole = true;
  return lines;
}

inline void ReadByCursor(const ChunkData& chunk) {
  // Twice the same: the merge runs too.
  ChunkCursor cursor({{0, 1, ChunkRef(), chunk}, {1, 2, ChunkRef(), chunk}}, "fuzz");
  int64_t last_t = series::kMinTimeMs;
  bool any = false;
  while (true) {
    const Result<const series::SampleBatch*> batch = cursor.Next();
    if (!batch.ok() || *batch == nullptr) return;
    CHECK(!(*batch)->empty());
    for (const int64_t t : (*batch)->times_ms) {
      CHECK(!any || t > last_t);
      last_t = t;
      any = true;
    }
  }
}

// The chunk's samples cut anew, by a policy.
inline std::vector<EncodedChunk> CutAnew(const ChunkData& chunk, ChunkCutterOptions::Policy policy) {
  std::vector<EncodedChunk> chunks;
  ChunkCutterOptions options;
  options.policy = policy;
  if (KindOf(chunk.encoding) == SampleKind::kFloat) options.float_encoding = chunk.encoding;
  options.histogram_start_times = HasStartTimes(chunk.encoding);
  ChunkCutter cutter(options, &chunks);
  ChunkIterator it;
  CHECK(it.Open(chunk).ok());
  while (it.Next().value()) it.AppendTo(&cutter);
  cutter.Finish();
  return chunks;
}

// What decoded whole is written again and read again: the same samples. Histograms may be laid out anew, so of those only the
// number is compared.
inline void CheckRoundTrip(const ChunkData& chunk, const std::vector<std::string>& lines) {
  using Policy = ChunkCutterOptions::Policy;
  for (const Policy policy : {Policy::kExplicit, Policy::kHead, Policy::kCompaction}) {
    std::vector<std::string> again;
    for (const EncodedChunk& one : CutAnew(chunk, policy)) {
      bool whole = false;
      const std::vector<std::string> samples = SamplesOf(one.view(), &whole);
      CHECK(whole);
      CHECK(samples.size() == one.sample_count);
      again.insert(again.end(), samples.begin(), samples.end());
    }
    CHECK(again.size() == lines.size());
    if (KindOf(chunk.encoding) == SampleKind::kFloat) CHECK(again == lines);
  }
}

inline int FuzzChunk(Encoding encoding, const uint8_t* data, size_t size) {
  const ChunkData chunk{encoding, {reinterpret_cast<const char*>(data), size}};  // NOLINT
  bool whole = false;
  const std::vector<std::string> lines = SamplesOf(chunk, &whole);
  if (whole) {
    CHECK(SampleCount(chunk).value() == lines.size());
    CheckRoundTrip(chunk, lines);
  }
  ReadByCursor(chunk);
  return 0;
}

}  // namespace epi::tsdb
