#include "common/promql/operators/vector_join.h"

#include <unordered_set>

#include "common/promql/functions/binary_math.h"
#include "common/promql/operators/binary.h"
#include "common/promql/operators/binary_sample.h"
#include "common/promql/operators/float_columns.h"
#include "common/promql/operators/series_names.h"
#include "common/promql/operators/stream.h"

namespace epi::promql {
namespace {

constexpr uint32_t kNone = ~uint32_t{0};

struct Pair {
  uint32_t many = 0;
  uint32_t one = 0;
};

// Every output series has one series on each side, and no other output shares its match group on the one side at fault.
class PairJoin final : public VectorOperator {
 public:
  PairJoin(QueryState* query, const BinaryExpr& binary, JoinSides sides, std::vector<Pair> pairs, std::vector<SeriesMeta> series,
           std::vector<Column> one_columns)
      : VectorOperator(sides.many->grid()), binary_(binary), sides_(std::move(sides)), pairs_(std::move(pairs)),
        one_columns_(std::move(one_columns)), annotator_(query->annotations()), hold_(query->samples()) {
    series_ = std::move(series);
  }

  Status Fill(size_t index, size_t worker, Column* out) override {
    const Pair& pair = pairs_[index];
    RETURN_IF_ERROR(sides_.many->Fill(pair.many, worker, out));
    Column filled;
    if (one_columns_.empty()) RETURN_IF_ERROR(sides_.one->Fill(pair.one, worker, &filled));
    const Column& one = one_columns_.empty() ? filled : one_columns_[pair.one];
    if (out->has_histograms() || one.has_histograms() || IsTrim(binary_.op)) {
      CombineSamples(one, out);
    } else {
      CombineFloats(one, out);
    }
    return hold_.Add(ColumnPoints(*out));
  }

 private:
  void CombineFloats(const Column& one, Column* out) const {
    out->valid &= one.valid;
    const bool keep_left = sides_.swapped && IsComparison(binary_.op) && !binary_.return_bool;
    ApplyToFloats({binary_.op, binary_.return_bool, sides_.swapped}, one.values, out);
    // A comparison's value is the left operand's; here that is the one side.
    if (keep_left) out->valid.ForEach([&](size_t step) { out->values[step] = one.values[step]; });
  }

  void CombineSamples(const Column& one, Column* out) const {
    const BinarySampleOp op(binary_, &annotator_);
    StepBits both = out->Presence();
    both &= one.Presence();
    out->Mask(both);
    both.ForEach([&](size_t step) {
      const BinaryOperand many = BinaryOperand::At(*out, step);
      const BinaryOperand other = BinaryOperand::At(one, step);
      op.Store(sides_.swapped ? op.Apply(other, many) : op.Apply(many, other), step, out);
    });
  }

  const BinaryExpr& binary_;
  const JoinSides sides_;
  const std::vector<Pair> pairs_;
  const std::vector<Column> one_columns_;  // Empty when every series of the one side is in one pair: then it is streamed.
  const Annotator annotator_;
  SampleTracker::Hold hold_;
};

// Pairs up the sides. False when some match group has several series where only one can be: that needs looking at every step.
bool FindPairs(const JoinSides& sides, size_t groups, bool one_to_one, std::vector<Pair>* pairs) {
  std::vector<uint32_t> one_of(groups, kNone);
  for (uint32_t i = 0; i < sides.one_keys.size(); ++i) {
    uint32_t& slot = one_of[sides.one_keys[i]];
    if (slot != kNone) return false;
    slot = i;
  }
  std::vector<bool> taken(groups);
  for (uint32_t i = 0; i < sides.many_keys.size(); ++i) {
    const uint32_t key = sides.many_keys[i];
    if (one_of[key] == kNone) continue;
    if (one_to_one && taken[key]) return false;
    taken[key] = true;
    pairs->push_back({i, one_of[key]});
  }
  return true;
}

// Can evaluating the expression fail, or leave annotations? A plain selector cannot.
bool HasMoreToSay(const Expr& expr) {
  const auto* selector = As<VectorSelector>(Unwrap(&expr));
  return selector == nullptr || selector->edges != RangeEdges::kPlain;
}

// Series without a partner have no result, but errors and annotations of theirs count.
Status Drain(QueryState* query, const Expr& expr, const std::vector<bool>& used, VectorOperator* op) {
  if (!HasMoreToSay(expr)) return OkStatus();
  Column unused;
  for (size_t i = 0; i < used.size(); ++i) {
    if (used[i]) continue;
    RETURN_IF_ERROR(query->Check());
    RETURN_IF_ERROR(op->Fill(i, 0, &unused));
  }
  return OkStatus();
}

Status DrainUnpaired(QueryState* query, const BinaryExpr& binary, const std::vector<Pair>& pairs, const JoinSides& sides) {
  std::vector<bool> many_used(sides.many_keys.size());
  std::vector<bool> one_used(sides.one_keys.size());
  for (const Pair& pair : pairs) many_used[pair.many] = one_used[pair.one] = true;
  RETURN_IF_ERROR(Drain(query, sides.swapped ? *binary.rhs : *binary.lhs, many_used, sides.many.get()));
  // Otherwise all of the one side are filled anyway.
  if (binary.matching->card != MatchCardinality::kOneToOne) return OkStatus();
  return Drain(query, *binary.rhs, one_used, sides.one.get());
}

bool AllDifferent(const std::vector<SeriesMeta>& series) {
  std::unordered_set<std::string_view> known;
  known.reserve(series.size());
  for (const SeriesMeta& one : series) {
    if (!known.insert(one.labels.encoded()).second) return false;
  }
  return true;
}

}  // namespace

SeriesMeta JoinedSeries(const BinaryExpr& binary, const SeriesMeta& many, const SeriesMeta& one, bool delayed_names) {
  const VectorMatching& matching = *binary.matching;
  labels::Labels labels = many.labels;
  if (IsArithmetic(binary.op)) labels = DropReservedLabels(labels);
  if (matching.card == MatchCardinality::kOneToOne) {
    labels = matching.on ? labels.Only(matching.labels) : labels.Without(matching.labels);
  }
  if (!matching.include.empty()) {
    labels::LabelsBuilder builder(labels);
    for (const std::string& name : matching.include) builder.Set(name, one.labels.Get(name));
    labels = builder.Build();
  }
  if (binary.return_bool && !delayed_names) labels = DropReservedLabels(labels);
  // A comparison keeps the names of its operands, even those that were to go: Prometheus forgets the mark.
  return {std::move(labels), delayed_names && binary.return_bool};
}

Result<VectorOperatorPtr> BuildVectorJoin(QueryState* query, const BinaryExpr& binary, VectorOperatorPtr lhs,
                                          VectorOperatorPtr rhs) {
  const VectorMatching& matching = *binary.matching;
  JoinSides sides;
  sides.swapped = matching.card == MatchCardinality::kOneToMany;
  sides.many = sides.swapped ? std::move(rhs) : std::move(lhs);
  sides.one = sides.swapped ? std::move(lhs) : std::move(rhs);
  MatchKeys keys(matching);
  sides.many_keys = keys.KeysOf(sides.many->series());
  sides.one_keys = keys.KeysOf(sides.one->series());
  const bool one_to_one = matching.card == MatchCardinality::kOneToOne;
  std::vector<Pair> pairs;
  const bool fills = matching.fill_left.has_value() || matching.fill_right.has_value();
  if (fills || !FindPairs(sides, keys.size(), one_to_one, &pairs)) {
    return JoinStepByStep(query, binary, keys, std::move(sides));
  }
  std::vector<SeriesMeta> series;
  series.reserve(pairs.size());
  for (const Pair& pair : pairs) {
    series.push_back(JoinedSeries(binary, sides.many->series()[pair.many], sides.one->series()[pair.one], query->delayed_names()));
  }
  if (!AllDifferent(series)) return JoinStepByStep(query, binary, keys, std::move(sides));
  RETURN_IF_ERROR(DrainUnpaired(query, binary, pairs, sides));
  std::vector<Column> one_columns;
  if (!one_to_one) one_columns = TRY(FillAll(query, sides.one.get()));
  return VectorOperatorPtr(std::make_unique<PairJoin>(query, binary, std::move(sides), std::move(pairs), std::move(series),
                                                      std::move(one_columns)));
}

}  // namespace epi::promql
