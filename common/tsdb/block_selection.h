// The series of one block that matchers and a time range select, in label order, without reading a sample.
//
// Contract: a series comes when at least one of its chunks overlaps the range and is not deleted whole.
// Threads:  one.
// Owns:     the block (shared) while it is read.
// Units:    Unix milliseconds, inclusive at both ends.
// Errors:   DataLoss from the index, with file and offset; Cancelled, DeadlineExceeded.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/base/context.h"
#include "common/labels/labels.h"
#include "common/labels/matcher.h"
#include "common/tsdb/block.h"
#include "common/tsdb/matcher_postings.h"

namespace epi::tsdb {

struct SelectedSeries {
  std::shared_ptr<const Block> block;
  SeriesId id = 0;
  labels::Labels labels;
  std::vector<ChunkMeta> chunks;           // Those that overlap the range.
  std::span<const Interval> deleted;       // Of this series; belongs to the block.
};

class BlockSelection {
 public:
  static Result<std::unique_ptr<BlockSelection>> Make(const Context& ctx, std::shared_ptr<const Block> block,
                                                      std::span<const labels::Matcher> matchers, int64_t mint_ms,
                                                      int64_t maxt_ms);
  // Leaves out all labels but these; then the order of labels can no longer be told from them.
  void KeepLabels(std::vector<std::string> names);
  // False at the end.
  Result<bool> Next(SelectedSeries* out);

 private:
  BlockSelection(const Context& ctx, std::shared_ptr<const Block> block, int64_t mint_ms, int64_t maxt_ms);
  Result<bool> NextId(SeriesId* id);
  void KeepChunks(SelectedSeries* out) const;
  Result<labels::Labels> ResolveLabels(SeriesId id);
  Result<std::string_view> Symbol(uint32_t reference);
  // Of the label at `position` of a series.
  struct LabelName {
    uint32_t reference = UINT32_MAX;
    bool wanted = true;
    std::string_view text;
  };
  Result<const LabelName*> NameAt(size_t position, uint32_t reference);

  // Symbols of neighbouring series are mostly the same: a direct-mapped cache saves their look-ups.
  static constexpr size_t kCachedSymbols = 1024;
  struct CachedSymbol {
    uint32_t reference = UINT32_MAX;
    std::string_view text;
  };

  const Context ctx_;
  const std::shared_ptr<const Block> block_;
  const int64_t mint_ms_;
  const int64_t maxt_ms_;
  MatchedPostings postings_;
  std::span<const SeriesId> batch_;
  bool any_ = false;
  SeriesId last_id_ = 0;
  SeriesEntry entry_;
  std::vector<labels::Label> label_views_;
  std::optional<std::vector<std::string>> kept_labels_;
  std::vector<LabelName> names_;  // By position, of the series before: names hardly ever change.
  std::vector<CachedSymbol> symbols_;
};

}  // namespace epi::tsdb
