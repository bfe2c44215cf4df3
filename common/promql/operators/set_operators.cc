// and, or, unless: what counts is at which steps a match group is present on the other side.
#include <algorithm>
#include <unordered_map>

#include "common/promql/operators/binary.h"
#include "common/promql/operators/map.h"
#include "common/promql/operators/match_keys.h"
#include "common/promql/operators/merge_equal.h"
#include "common/promql/operators/stream.h"

namespace epi::promql {
namespace {

// Per match group: the steps at which any of its series has a value.
Result<std::vector<StepBits>> GroupPresence(QueryState* query, VectorOperator* op, const std::vector<uint32_t>& keys,
                                            size_t groups) {
  const size_t steps = op->grid().steps();
  RETURN_IF_ERROR(query->Charge(groups * (sizeof(StepBits) + steps / 8), "match groups"));
  std::vector<StepBits> presence(groups, StepBits(steps));
  RETURN_IF_ERROR(ForEachColumn(query, op, [&](size_t index, const SeriesMeta&, Column* column) {
    presence[keys[index]] |= column->Presence();
    return OkStatus();
  }));
  return presence;
}

struct Sides {
  VectorOperatorPtr lhs;
  VectorOperatorPtr rhs;
  std::vector<uint32_t> lhs_keys;
  std::vector<uint32_t> rhs_keys;
  size_t groups = 0;
};

Result<VectorOperatorPtr> AndUnless(QueryState* query, bool keep_matched, Sides sides) {
  std::vector<StepBits> presence = TRY(GroupPresence(query, sides.rhs.get(), sides.rhs_keys, sides.groups));
  std::vector<SeriesMeta> series = sides.lhs->series();
  return MapColumns(std::move(sides.lhs), std::move(series),
                    [keep_matched, presence = std::move(presence), keys = std::move(sides.lhs_keys)](size_t index, Column* column) {
                      StepBits keep = presence[keys[index]];
                      if (!keep_matched) {
                        keep = column->Presence();
                        keep.Subtract(presence[keys[index]]);
                      }
                      column->Mask(keep);
                      return OkStatus();
                    });
}

// The left side's columns are needed before the right side's can be masked; the right ones are streamed.
class OrOperator final : public VectorOperator {
 public:
  OrOperator(std::vector<Column> lhs, std::vector<StepBits> presence, Sides sides)
      : VectorOperator(sides.lhs->grid()), lhs_(std::move(lhs)), presence_(std::move(presence)), sides_(std::move(sides)) {
    series_ = sides_.lhs->series();
    series_.insert(series_.end(), sides_.rhs->series().begin(), sides_.rhs->series().end());
  }

  Status Fill(size_t index, size_t worker, Column* out) override {
    if (index < lhs_.size()) {
      *out = std::move(lhs_[index]);
      return OkStatus();
    }
    const size_t right = index - lhs_.size();
    RETURN_IF_ERROR(sides_.rhs->Fill(right, worker, out));
    StepBits keep = out->Presence();
    keep.Subtract(presence_[sides_.rhs_keys[right]]);
    out->Mask(keep);
    return OkStatus();
  }

 private:
  std::vector<Column> lhs_;
  const std::vector<StepBits> presence_;
  const Sides sides_;
};

size_t FirstStep(const StepBits& bits) {
  size_t first = bits.size();
  bits.ForEach([&first](size_t step) { first = std::min(first, step); });
  return first;
}

// With delayed name removal both sides may have a series, of whose name one says that it goes. They are one series then, and the
// side decides on which it comes up first. Fills the right side if there is such a series.
Status AgreeOnNames(QueryState* query, const std::vector<Column>& lhs, const std::vector<StepBits>& presence, Sides* sides) {
  std::unordered_map<std::string_view, size_t> left;
  std::vector<SeriesMeta> lhs_series = sides->lhs->series();
  std::vector<SeriesMeta> rhs_series = sides->rhs->series();
  for (size_t i = 0; i < lhs_series.size(); ++i) left.emplace(lhs_series[i].labels.encoded(), i);
  const auto disputed = [&](const SeriesMeta& series) {
    const auto it = left.find(series.labels.encoded());
    return it != left.end() && lhs_series[it->second].drop_name != series.drop_name;
  };
  if (std::none_of(rhs_series.begin(), rhs_series.end(), disputed)) return OkStatus();
  std::vector<Column> rhs = TRY(FillAll(query, sides->rhs.get()));
  for (size_t i = 0; i < rhs.size(); ++i) {
    if (!disputed(rhs_series[i])) continue;
    const size_t l = left.at(rhs_series[i].labels.encoded());
    StepBits shown = rhs[i].Presence();
    shown.Subtract(presence[sides->rhs_keys[i]]);
    if (FirstStep(shown) < FirstStep(lhs[l].Presence())) lhs_series[l].drop_name = rhs_series[i].drop_name;
  }
  const StepGrid grid = sides->lhs->grid();
  std::vector<Column> taken(lhs_series.size());  // The left side's columns are taken out already.
  sides->lhs = std::make_unique<MaterializedOperator>(grid, std::move(lhs_series), std::move(taken));
  sides->rhs = std::make_unique<MaterializedOperator>(grid, std::move(rhs_series), std::move(rhs));
  return OkStatus();
}

Result<VectorOperatorPtr> Or(QueryState* query, Sides sides) {
  std::vector<Column> lhs = TRY(FillAll(query, sides.lhs.get()));
  std::vector<StepBits> presence(sides.groups, StepBits(sides.lhs->grid().steps()));
  for (size_t i = 0; i < lhs.size(); ++i) presence[sides.lhs_keys[i]] |= lhs[i].Presence();
  if (query->delayed_names()) RETURN_IF_ERROR(AgreeOnNames(query, lhs, presence, &sides));
  VectorOperatorPtr op = std::make_unique<OrOperator>(std::move(lhs), std::move(presence), std::move(sides));
  return MergeEqualSeries(std::move(op), MergeRule::kBySteps);
}

}  // namespace

Result<VectorOperatorPtr> BuildSetOperator(QueryState* query, const BinaryExpr& binary, VectorOperatorPtr lhs,
                                           VectorOperatorPtr rhs) {
  MatchKeys keys(*binary.matching);
  Sides sides;
  sides.lhs_keys = keys.KeysOf(lhs->series());
  sides.rhs_keys = keys.KeysOf(rhs->series());
  sides.groups = keys.size();
  sides.lhs = std::move(lhs);
  sides.rhs = std::move(rhs);
  if (binary.op == BinaryOp::kOr) return Or(query, std::move(sides));
  return AndUnless(query, binary.op == BinaryOp::kAnd, std::move(sides));
}

}  // namespace epi::promql
