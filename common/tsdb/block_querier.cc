#include "common/tsdb/block_querier.h"

#include <set>

#include "common/tsdb/block_labels.h"
#include "common/tsdb/block_selection.h"
#include "common/tsdb/block_series_set.h"

namespace epi::tsdb {
namespace {

series::LabelStrings ToAnswer(std::set<std::string> strings, int64_t limit, const std::vector<std::string>& warnings) {
  series::LabelStrings answer;
  answer.warnings = warnings;
  for (auto it = strings.begin(); it != strings.end();) {
    if (limit > 0 && static_cast<int64_t>(answer.values.size()) == limit) break;
    answer.values.push_back(std::move(strings.extract(it++).value()));
  }
  return answer;
}

}  // namespace

Result<std::unique_ptr<series::SeriesSet>> BlockQuerier::Select(const Context& ctx,
                                                                const series::SelectRequest& request) const {
  std::vector<std::unique_ptr<BlockSelection>> selections;
  for (const auto& block : blocks_) {
    if (!block->Overlaps(request.mint_ms, request.maxt_ms)) continue;
    selections.push_back(TRY(BlockSelection::Make(ctx, block, request.matchers, request.mint_ms, request.maxt_ms)));
  }
  // Series of several blocks are put together by all their labels.
  if (selections.size() == 1 && request.hints.projection_include) selections[0]->KeepLabels(request.hints.projection_labels);
  return MakeBlockSeriesSet(std::move(selections), request.hints.limit, warnings_);
}

Result<series::LabelStrings> BlockQuerier::LabelNames(const Context& ctx, const series::LabelRequest& request) const {
  std::set<std::string> names;
  for (const auto& block : blocks_) {
    if (!block->Overlaps(request.mint_ms, request.maxt_ms)) continue;
    RETURN_IF_ERROR(CollectLabelNames(ctx, block->index(), request.matchers, &names));
  }
  return ToAnswer(std::move(names), request.limit, warnings_);
}

Result<series::LabelStrings> BlockQuerier::LabelValues(const Context& ctx, const std::string& name,
                                                       const series::LabelRequest& request) const {
  std::set<std::string> values;
  for (const auto& block : blocks_) {
    if (!block->Overlaps(request.mint_ms, request.maxt_ms)) continue;
    RETURN_IF_ERROR(CollectLabelValues(ctx, block->index(), name, request.matchers, &values));
  }
  return ToAnswer(std::move(values), request.limit, warnings_);
}

}  // namespace epi::tsdb
