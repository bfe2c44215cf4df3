// series::Querier over a fixed list of blocks.
//
// Contract: as series::Querier. Label calls look at whole blocks that overlap the range, not at single chunks, and know no
//           tombstones (as Prometheus does). `warnings` (blocks that could not be opened) come with every answer.
// Threads:  immutable.
// Errors:   DataLoss of any block fails the call: no answer is silently short.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/series/querier.h"
#include "common/tsdb/block.h"

namespace epi::tsdb {

class BlockQuerier final : public series::Querier {
 public:
  // `blocks` in order of preference where samples of overlapping blocks have equal times.
  explicit BlockQuerier(std::vector<std::shared_ptr<const Block>> blocks, std::vector<std::string> warnings = {})
      : blocks_(std::move(blocks)), warnings_(std::move(warnings)) {}

  Result<std::unique_ptr<series::SeriesSet>> Select(const Context& ctx,
                                                    const series::SelectRequest& request) const override;
  Result<series::LabelStrings> LabelNames(const Context& ctx, const series::LabelRequest& request) const override;
  Result<series::LabelStrings> LabelValues(const Context& ctx, const std::string& name,
                                           const series::LabelRequest& request) const override;

  const std::vector<std::shared_ptr<const Block>>& blocks() const { return blocks_; }
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  const std::vector<std::shared_ptr<const Block>> blocks_;
  const std::vector<std::string> warnings_;
};

}  // namespace epi::tsdb
