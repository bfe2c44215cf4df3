#include "common/tsdb/block_series_set.h"

#include <algorithm>

#include "common/tsdb/block_series.h"

namespace epi::tsdb {
namespace {

class BlockSeriesSet final : public series::SeriesSet {
 public:
  BlockSeriesSet(std::vector<std::unique_ptr<BlockSelection>> selections, int64_t limit,
                 std::vector<std::string> warnings)
      : left_(limit > 0 ? limit : INT64_MAX), warnings_(std::move(warnings)) {
    inputs_.resize(selections.size());
    for (size_t i = 0; i < selections.size(); ++i) inputs_[i].selection = std::move(selections[i]);
  }

  Status Begin() {
    for (size_t i = 0; i < inputs_.size(); ++i) RETURN_IF_ERROR(Advance(i));
    return OkStatus();
  }

  Result<std::unique_ptr<series::Series>> Next() override {
    if (heap_.empty() || left_-- <= 0) return std::unique_ptr<series::Series>();
    std::vector<SelectedSeries> parts;
    std::vector<size_t> taken;
    do {
      std::pop_heap(heap_.begin(), heap_.end(), Later{this});
      taken.push_back(heap_.back());
      heap_.pop_back();
      parts.push_back(std::move(inputs_[taken.back()].series));
    } while (!heap_.empty() && inputs_[heap_.front()].series.labels == parts[0].labels);
    for (const size_t i : taken) RETURN_IF_ERROR(Advance(i));
    return MakeBlockSeries(std::move(parts));
  }

  std::vector<std::string> Warnings() const override { return warnings_; }

 private:
  struct Input {
    std::unique_ptr<BlockSelection> selection;
    SelectedSeries series;
  };
  // The heap's order: greatest last, so that the front is the least.
  struct Later {
    const BlockSeriesSet* set;
    bool operator()(size_t a, size_t b) const {
      const int order = labels::Labels::Compare(set->inputs_[a].series.labels, set->inputs_[b].series.labels);
      return order != 0 ? order > 0 : a > b;
    }
  };

  Status Advance(size_t i) {
    if (!TRY(inputs_[i].selection->Next(&inputs_[i].series))) return OkStatus();
    heap_.push_back(i);
    std::push_heap(heap_.begin(), heap_.end(), Later{this});
    return OkStatus();
  }

  std::vector<Input> inputs_;
  std::vector<size_t> heap_;
  int64_t left_;
  const std::vector<std::string> warnings_;
};

}  // namespace

Result<std::unique_ptr<series::SeriesSet>> MakeBlockSeriesSet(std::vector<std::unique_ptr<BlockSelection>> selections,
                                                              int64_t limit, std::vector<std::string> warnings) {
  auto set = std::make_unique<BlockSeriesSet>(std::move(selections), limit, std::move(warnings));
  RETURN_IF_ERROR(set->Begin());
  return std::unique_ptr<series::SeriesSet>(std::move(set));
}

}  // namespace epi::tsdb
