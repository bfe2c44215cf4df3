#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "common/base/str_cat.h"
#include "common/promql/operators/binary_sample.h"
#include "common/promql/operators/merge_equal.h"
#include "common/promql/operators/stream.h"
#include "common/promql/operators/vector_join.h"

namespace epi::promql {
namespace {

constexpr uint32_t kNone = ~uint32_t{0};

class StepJoin {
 public:
  StepJoin(QueryState* query, const BinaryExpr& binary, const MatchKeys& keys, const JoinSides& sides,
           std::vector<Column> many_columns, std::vector<Column> one_columns)
      : query_(query), binary_(binary), matching_(*binary.matching), keys_(keys), sides_(sides),
        many_columns_(std::move(many_columns)), one_columns_(std::move(one_columns)), annotator_(query->annotations()),
        op_(binary, &annotator_), fill_many_(matching_.fill_left), fill_one_(matching_.fill_right), one_at_(keys.size()), matched_(keys.size()),
        taken_(keys.size()) {}

  Result<VectorOperatorPtr> Run() {
    const StepGrid grid = sides_.many->grid();
    steps_ = grid.steps();
    for (size_t step = 0; step < steps_; ++step) {
      RETURN_IF_ERROR(query_->Check());
      RETURN_IF_ERROR(RunStep(step));
    }
    return VectorOperatorPtr(std::make_unique<MaterializedOperator>(grid, std::move(outputs_), std::move(output_columns_)));
  }

 private:
  Status RunStep(size_t step) {
    const auto present = [step](const Column& column) { return column.Present(step); };
    const bool any_many = std::any_of(many_columns_.begin(), many_columns_.end(), present);
    const bool any_one = std::any_of(one_columns_.begin(), one_columns_.end(), present);
    if ((!any_many || !any_one) && !fill_many_.has_value() && !fill_one_.has_value()) return OkStatus();
    std::fill(one_at_.begin(), one_at_.end(), kNone);
    std::fill(matched_.begin(), matched_.end(), false);
    for (auto& labels : taken_) labels.clear();
    for (uint32_t i = 0; i < one_columns_.size(); ++i) {
      if (!one_columns_[i].Present(step)) continue;
      uint32_t& slot = one_at_[sides_.one_keys[i]];
      if (slot != kNone) return DuplicateOnOneSide(slot, i);
      slot = i;
    }
    for (uint32_t i = 0; i < many_columns_.size(); ++i) {
      if (many_columns_[i].Present(step)) RETURN_IF_ERROR(MatchMany(step, i));
    }
    for (uint32_t i = 0; fill_many_.has_value() && i < one_columns_.size(); ++i) {
      if (!one_columns_[i].Present(step) || matched_[sides_.one_keys[i]]) continue;
      RETURN_IF_ERROR(Emit(step, kNone, i));
    }
    return OkStatus();
  }

  Status MatchMany(size_t step, uint32_t many) {
    const uint32_t key = sides_.many_keys[many];
    if (one_at_[key] == kNone && !fill_one_.has_value()) return OkStatus();
    return Emit(step, many, one_at_[key]);
  }

  // A side that is kNone is filled in.
  Status Emit(size_t step, uint32_t many, uint32_t one) {
    const uint32_t key = many != kNone ? sides_.many_keys[many] : sides_.one_keys[one];
    const BinaryOperand many_value =
        many != kNone ? BinaryOperand::At(many_columns_[many], step) : BinaryOperand{fill_many_.value_or(0), nullptr};
    const BinaryOperand one_value =
        one != kNone ? BinaryOperand::At(one_columns_[one], step) : BinaryOperand{fill_one_.value_or(0), nullptr};
    const BinaryOutcome outcome = sides_.swapped ? op_.Apply(one_value, many_value) : op_.Apply(many_value, one_value);
    if (!outcome.defined) return OkStatus();
    const bool one_to_one = matching_.card == MatchCardinality::kOneToOne;
    if (one_to_one && matched_[key]) {
      return FailedPreconditionError("multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)");
    }
    matched_[key] = true;
    const uint32_t output = OutputOf(many, one, key);
    if (!one_to_one && !taken_[key].insert(output).second) {
      return FailedPreconditionError("multiple matches for labels: grouping labels must ensure unique matches");
    }
    if (!outcome.keep && !binary_.return_bool) return OkStatus();
    Column& column = output_columns_[output];
    if (column.Present(step)) return SameLabelsetError();
    op_.Store(outcome, step, &column);
    return OkStatus();
  }

  uint32_t OutputOf(uint32_t many, uint32_t one, uint32_t key) {
    const uint64_t pair = (uint64_t{many} << 32) | one;
    const auto [known, added_pair] = output_of_pair_.try_emplace(pair, 0);
    if (!added_pair) return known->second;
    const SeriesMeta group{keys_.LabelsOf(key), false};
    const SeriesMeta& many_series = many != kNone ? sides_.many->series()[many] : group;
    const SeriesMeta& one_series = one != kNone ? sides_.one->series()[one] : group;
    SeriesMeta joined = JoinedSeries(binary_, many_series, one_series, query_->delayed_names());
    const auto [output, added] =
        output_of_labels_.try_emplace(std::string(joined.labels.encoded()), static_cast<uint32_t>(outputs_.size()));
    if (added) {
      outputs_.push_back(std::move(joined));
      output_columns_.emplace_back(steps_);
    }
    known->second = output->second;
    return known->second;
  }

  Status DuplicateOnOneSide(uint32_t a, uint32_t b) const {
    std::string first = sides_.one->series()[a].labels.ToString();
    std::string second = sides_.one->series()[b].labels.ToString();
    if (second < first) std::swap(first, second);
    return FailedPreconditionError(StrCat("found duplicate series for the match group ",
                                          keys_.LabelsOf(sides_.one_keys[a]).ToString(), " on the ",
                                          sides_.swapped ? "left" : "right", " hand-side of the operation: [", first, ", ", second,
                                          "];many-to-many matching not allowed: matching labels must be unique on one side"));
  }

  QueryState* const query_;
  const BinaryExpr& binary_;
  const VectorMatching& matching_;
  const MatchKeys& keys_;
  const JoinSides& sides_;
  const std::vector<Column> many_columns_;
  const std::vector<Column> one_columns_;
  const Annotator annotator_;
  const BinarySampleOp op_;
  // Fills stand for the many and the one side, not for left and right: group_right exchanges the sides, but not the fills.
  const std::optional<double> fill_many_;
  const std::optional<double> fill_one_;
  size_t steps_ = 0;
  // Of the current step, by match group.
  std::vector<uint32_t> one_at_;
  std::vector<bool> matched_;
  std::vector<std::unordered_set<uint32_t>> taken_;
  // Outputs, by pair and by labels.
  std::unordered_map<uint64_t, uint32_t> output_of_pair_;
  std::unordered_map<std::string, uint32_t> output_of_labels_;
  std::vector<SeriesMeta> outputs_;
  std::vector<Column> output_columns_;
};

}  // namespace

Result<VectorOperatorPtr> JoinStepByStep(QueryState* query, const BinaryExpr& binary, const MatchKeys& keys, JoinSides sides) {
  std::vector<Column> many_columns = TRY(FillAll(query, sides.many.get()));
  std::vector<Column> one_columns = TRY(FillAll(query, sides.one.get()));
  return StepJoin(query, binary, keys, sides, std::move(many_columns), std::move(one_columns)).Run();
}

}  // namespace epi::promql
