// What makes a block large: which labels, metrics and series it spends its index on, and which come and go.
//
// A series' churn is the part of the block's time that its chunks do not reach over, 0 to 1; a label's churn is the sum over its
// series. promtool tsdb analyze counts the same way.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/context.h"
#include "common/base/status.h"
#include "common/tsdb/block.h"

namespace epi::tsdb {

struct RankedText {
  std::string text;
  double amount = 0;
};

struct BlockAnalysis {
  uint64_t series = 0;
  uint64_t label_names = 0;
  uint64_t label_pairs = 0;         // Unique.
  uint64_t postings_entries = 0;    // Over all series.
  // Most first, at most `limit` of each.
  std::vector<RankedText> churning_pairs;       // name=value, churn.
  std::vector<RankedText> churning_names;
  std::vector<RankedText> common_pairs;         // name=value, series.
  std::vector<RankedText> longest_names;        // Label name, bytes of its values together.
  std::vector<RankedText> cardinal_names;       // Label name, values.
  std::vector<RankedText> cardinal_metrics;     // Metric name, series.
};

// Memory: 24 bytes per label pair. Errors: DataLoss, Cancelled, DeadlineExceeded.
Result<BlockAnalysis> AnalyzeBlock(const Context& ctx, const Block& block, size_t limit = 20);

// As text, section by section.
std::string FormatAnalysis(const Block& block, const BlockAnalysis& analysis);

}  // namespace epi::tsdb
