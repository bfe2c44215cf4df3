#include "common/storeapi/chunk_series.h"

#include <algorithm>
#include <utility>

#include "common/storeapi/wire_series.h"

namespace epi::storeapi {
namespace {

bool Before(const AggrChunkView& a, const AggrChunkView& b) {
  if (a.mint_ms != b.mint_ms) return a.mint_ms < b.mint_ms;
  if (a.maxt_ms != b.maxt_ms) return a.maxt_ms < b.maxt_ms;
  return CompareContent(a, b) < 0;
}

// REQUIRES: sorted, so that equal ones stand side by side.
void DropEqual(std::vector<AggrChunkView>* chunks) {
  chunks->erase(std::unique(chunks->begin(), chunks->end(), SameChunk), chunks->end());
}

}  // namespace

ChunkSeries Combine(ChunkSeries first, std::vector<ChunkSeries> others) {
  ChunkSeries all = std::move(first);
  for (ChunkSeries& part : others) {
    all.chunks.insert(all.chunks.end(), part.chunks.begin(), part.chunks.end());
    for (auto& frame : part.frames) {
      if (std::find(all.frames.begin(), all.frames.end(), frame) == all.frames.end()) all.frames.push_back(std::move(frame));
    }
  }
  const bool sorted = std::is_sorted(all.chunks.begin(), all.chunks.end(), Before);
  if (others.empty() && sorted) return all;
  all.encoded = {};
  if (!sorted) std::stable_sort(all.chunks.begin(), all.chunks.end(), Before);
  DropEqual(&all.chunks);
  return all;
}

void AppendSeries(std::string* out, const ChunkSeries& series) {
  if (!series.encoded.empty()) {
    out->append(series.encoded);
    return;
  }
  AppendLabels(out, series.labels);
  for (const AggrChunkView& chunk : series.chunks) AppendEncodedChunk(out, chunk);
}

std::vector<std::vector<AggrChunkView>> SplitOverlaps(const std::vector<AggrChunkView>& chunks) {
  std::vector<std::vector<AggrChunkView>> rows;
  for (const AggrChunkView& chunk : chunks) {
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const auto& r) { return r.back().maxt_ms < chunk.mint_ms; });
    if (row == rows.end()) {
      rows.push_back({chunk});
    } else {
      row->push_back(chunk);
    }
  }
  return rows;
}

}  // namespace epi::storeapi
