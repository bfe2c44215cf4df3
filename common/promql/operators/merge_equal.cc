#include "common/promql/operators/merge_equal.h"

#include <unordered_map>

namespace epi::promql {
namespace {

class MergeOperator final : public VectorOperator {
 public:
  MergeOperator(VectorOperatorPtr child, MergeRule rule, std::vector<std::vector<size_t>> sources)
      : VectorOperator(child->grid()), child_(std::move(child)), rule_(rule), sources_(std::move(sources)) {
    series_.reserve(sources_.size());
    for (const std::vector<size_t>& source : sources_) series_.push_back(child_->series()[source.front()]);
  }

  Status Fill(size_t index, size_t worker, Column* out) override {
    const std::vector<size_t>& source = sources_[index];
    RETURN_IF_ERROR(child_->Fill(source.front(), worker, out));
    for (size_t i = 1; i < source.size(); ++i) {
      Column next;
      RETURN_IF_ERROR(child_->Fill(source[i], worker, &next));
      if (next.Empty()) continue;
      if (rule_ == MergeRule::kNever && !out->Empty()) return SameLabelsetError();
      if (!out->MergeDisjoint(std::move(next))) return SameLabelsetError();
    }
    return OkStatus();
  }

 private:
  const VectorOperatorPtr child_;
  const MergeRule rule_;
  const std::vector<std::vector<size_t>> sources_;  // Per output series: series of the child.
};

}  // namespace

Status SameLabelsetError() { return FailedPreconditionError("vector cannot contain metrics with the same labelset"); }

VectorOperatorPtr MergeEqualSeries(VectorOperatorPtr op, MergeRule rule) {
  const std::vector<SeriesMeta>& series = op->series();
  std::unordered_map<std::string_view, size_t> known;
  known.reserve(series.size());
  std::vector<std::vector<size_t>> sources;
  for (size_t i = 0; i < series.size(); ++i) {
    const auto [it, added] = known.try_emplace(series[i].labels.encoded(), sources.size());
    if (added) sources.emplace_back();
    sources[it->second].push_back(i);
  }
  if (sources.size() == series.size()) return op;
  return std::make_unique<MergeOperator>(std::move(op), rule, std::move(sources));
}

}  // namespace epi::promql
