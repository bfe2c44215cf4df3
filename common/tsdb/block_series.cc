#include "common/tsdb/block_series.h"

#include <algorithm>

#include "common/tsdb/chunk_cursor.h"
#include "common/tsdb/deleted_cursor.h"
#include "common/tsdb/merged_cursor.h"

namespace epi::tsdb {
namespace {

using Blocks = std::vector<std::shared_ptr<const Block>>;

Status AppendViews(const SelectedSeries& part, std::vector<ChunkView>* views) {
  for (const ChunkMeta& chunk : part.chunks) {
    views->push_back({chunk.mint_ms, chunk.maxt_ms, chunk.ref, TRY(part.block->chunks().Read(chunk.ref))});
  }
  return OkStatus();
}

// True when some kept chunk has samples that tombstones delete.
bool HasDeletions(const SelectedSeries& part) {
  return std::any_of(part.deleted.begin(), part.deleted.end(), [&](const Interval& interval) {
    return interval.mint_ms <= part.chunks.back().maxt_ms && interval.maxt_ms >= part.chunks.front().mint_ms;
  });
}

// REQUIRES: sorted by mint_ms.
bool AnyOverlap(const std::vector<ChunkView>& views) {
  for (size_t i = 1; i < views.size(); ++i) {
    if (views[i].mint_ms <= views[i - 1].maxt_ms) return true;
  }
  return false;
}

class BlockSeries final : public series::Series {
 public:
  explicit BlockSeries(std::vector<SelectedSeries> parts) : parts_(std::move(parts)) {
    for (const SelectedSeries& part : parts_) has_deletions_ |= HasDeletions(part);
  }

  const labels::Labels& labels() const override { return parts_[0].labels; }
  const std::vector<SelectedSeries>& parts() const { return parts_; }

  Result<std::unique_ptr<series::SampleCursor>> Samples(std::unique_ptr<series::SampleCursor> reuse) const override {
    if (has_deletions_) return CursorPerPart();
    auto* chunk_cursor = dynamic_cast<ChunkCursor*>(reuse.get());
    std::vector<ChunkView> views;
    if (chunk_cursor != nullptr) views = chunk_cursor->TakeList();
    for (const SelectedSeries& part : parts_) RETURN_IF_ERROR(AppendViews(part, &views));
    if (parts_.size() > 1) {
      std::sort(views.begin(), views.end(), [](const auto& a, const auto& b) { return a.mint_ms < b.mint_ms; });
      if (AnyOverlap(views)) return CursorPerPart();
    }
    if (chunk_cursor != nullptr) {
      chunk_cursor->Reset(std::move(views), Source(), Owner());
      return reuse;
    }
    return std::make_unique<ChunkCursor>(std::move(views), Source(), Owner());
  }

 private:
  const std::string& Source() const { return parts_[0].block->chunks_directory(); }

  std::shared_ptr<const void> Owner() const {
    if (parts_.size() == 1) return parts_[0].block;
    auto blocks = std::make_shared<Blocks>();
    for (const SelectedSeries& part : parts_) blocks->push_back(part.block);
    return blocks;
  }

  Result<std::unique_ptr<series::SampleCursor>> CursorPerPart() const {
    std::vector<std::unique_ptr<series::SampleCursor>> cursors;
    for (const SelectedSeries& part : parts_) {
      std::vector<ChunkView> views;
      RETURN_IF_ERROR(AppendViews(part, &views));
      cursors.push_back(std::make_unique<ChunkCursor>(std::move(views), part.block->chunks_directory(), part.block));
      if (part.deleted.empty()) continue;
      cursors.back() = MakeDeletedCursor(std::move(cursors.back()), {part.deleted.begin(), part.deleted.end()});
    }
    return MakeMergedCursor(std::move(cursors));
  }

  const std::vector<SelectedSeries> parts_;
  bool has_deletions_ = false;
};

}  // namespace

std::unique_ptr<series::Series> MakeBlockSeries(std::vector<SelectedSeries> parts) {
  return std::make_unique<BlockSeries>(std::move(parts));
}

const std::vector<SelectedSeries>& PartsOf(const series::Series& series) {
  const auto* block_series = dynamic_cast<const BlockSeries*>(&series);
  CHECK(block_series != nullptr);
  return block_series->parts();
}

}  // namespace epi::tsdb
