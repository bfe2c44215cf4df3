// Binary operators: values, matching of series, and set operations.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "common/base/str_cat.h"
#include "tests/support/promqlref/nodes.h"
#include "tests/support/promqlref/operation.h"

namespace epi::promqlref {
namespace {

using promql::BinaryExpr;
using promql::BinaryOp;
using promql::MatchCardinality;

Labels MatchGroup(const promql::VectorMatching& matching, const Labels& labels) {
  if (matching.on) return labels.Only(matching.labels);
  std::vector<std::string> without = matching.labels;
  without.emplace_back(labels::kMetricName);
  return labels.Without(without);
}

Vector SetOperation(const BinaryExpr& binary, const Vector& lhs, const Vector& rhs) {
  const auto groups_of = [&](const Vector& vector) {
    std::set<Labels> groups;
    for (const Element& element : vector) groups.insert(MatchGroup(*binary.matching, element.labels));
    return groups;
  };
  const std::set<Labels> left = groups_of(lhs);
  const std::set<Labels> right = groups_of(rhs);
  Vector result;
  for (const Element& element : lhs) {
    const bool matched = right.contains(MatchGroup(*binary.matching, element.labels));
    if (binary.op == BinaryOp::kOr || matched == (binary.op == BinaryOp::kAnd)) result.push_back(element);
  }
  for (const Element& element : rhs) {
    if (binary.op == BinaryOp::kOr && !left.contains(MatchGroup(*binary.matching, element.labels))) result.push_back(element);
  }
  return result;
}

// Joins the vectors of one step. "Many" is the side that may have several elements per match group.
class Join {
 public:
  Join(Evaluation* evaluation, const BinaryExpr& binary)
      : evaluation_(evaluation), binary_(binary), matching_(*binary.matching),
        one_to_one_(matching_.card == MatchCardinality::kOneToOne), swapped_(matching_.card == MatchCardinality::kOneToMany) {}

  Result<Vector> Run(const Vector& lhs, const Vector& rhs) {
    const Vector& many = swapped_ ? rhs : lhs;
    const Vector& one = swapped_ ? lhs : rhs;
    const bool fills = matching_.fill_left.has_value() || matching_.fill_right.has_value();
    if ((lhs.empty() || rhs.empty()) && !fills) return Vector();
    if (lhs.empty() && rhs.empty()) return Vector();
    std::map<Labels, const Element*> ones;
    for (const Element& element : one) {
      const auto [it, added] = ones.emplace(MatchGroup(matching_, element.labels), &element);
      if (!added) return Duplicates(it->first, *it->second, element);
    }
    for (const Element& element : many) {
      const Labels group = MatchGroup(matching_, element.labels);
      const auto partner = ones.find(group);
      if (partner != ones.end()) {
        RETURN_IF_ERROR(Emit(group, element, *partner->second));
      } else if (matching_.fill_right.has_value()) {
        RETURN_IF_ERROR(Emit(group, element, {group, false, Float(*matching_.fill_right)}));
      }
    }
    for (const Element& element : one) {
      const Labels group = MatchGroup(matching_, element.labels);
      if (!matching_.fill_left.has_value() || !emitted_[group].empty()) continue;
      RETURN_IF_ERROR(Emit(group, {group, false, Float(*matching_.fill_left)}, element));
    }
    return std::move(result_);
  }

 private:
  Status Emit(const Labels& group, const Element& many, const Element& one) {
    const Outcome outcome = swapped_ ? Operate(binary_, one.sample, many.sample) : Operate(binary_, many.sample, one.sample);
    if (outcome.annotation.has_value()) evaluation_->Annotate(*outcome.annotation);
    if (!outcome.defined) return OkStatus();
    Element element{ResultLabels(many.labels, one.labels), false, outcome.sample};
    if (binary_.return_bool) {
      element.sample = Float(outcome.keep ? 1 : 0);
      evaluation_->DropName(&element);
    }
    if (one_to_one_ && !emitted_[group].empty()) {
      return FailedPreconditionError("multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)");
    }
    if (!emitted_[group].insert(element.labels).second) {
      return FailedPreconditionError("multiple matches for labels: grouping labels must ensure unique matches");
    }
    if (outcome.keep || binary_.return_bool) result_.push_back(std::move(element));
    return OkStatus();
  }

  Labels ResultLabels(const Labels& many, const Labels& one) const {
    Labels labels = many;
    const bool keeps_meaning = promql::IsComparison(binary_.op) || promql::IsTrim(binary_.op);
    if (!keeps_meaning) labels = WithoutReserved(labels);
    if (one_to_one_) labels = matching_.on ? labels.Only(matching_.labels) : labels.Without(matching_.labels);
    labels::LabelsBuilder builder(labels);
    for (const std::string& name : matching_.include) builder.Set(name, one.Get(name));
    return builder.Build();
  }

  Status Duplicates(const Labels& group, const Element& a, const Element& b) const {
    std::string first = a.labels.ToString();
    std::string second = b.labels.ToString();
    if (second < first) std::swap(first, second);
    return FailedPreconditionError(StrCat("found duplicate series for the match group ", group.ToString(), " on the ",
                                          swapped_ ? "left" : "right", " hand-side of the operation: [", first, ", ", second,
                                          "];many-to-many matching not allowed: matching labels must be unique on one side"));
  }

  Evaluation* const evaluation_;
  const BinaryExpr& binary_;
  const promql::VectorMatching& matching_;
  const bool one_to_one_;
  const bool swapped_;
  std::map<Labels, std::set<Labels>> emitted_;
  Vector result_;
};

Vector WithScalar(Evaluation* evaluation, const BinaryExpr& binary, const Vector& vector, double scalar, bool scalar_left) {
  Vector result;
  for (Element element : vector) {
    const Sample& value = element.sample;
    Outcome outcome = scalar_left ? Operate(binary, Float(scalar), value) : Operate(binary, value, Float(scalar));
    if (outcome.annotation.has_value()) evaluation->Annotate(*outcome.annotation);
    if (!outcome.defined) continue;
    if (scalar_left && promql::IsComparison(binary.op)) outcome.sample = value;
    if (binary.return_bool) outcome.sample = Float(outcome.keep ? 1 : 0);
    if (!outcome.keep && !binary.return_bool) continue;
    element.sample = outcome.sample;
    const bool keeps_meaning = promql::IsComparison(binary.op) || promql::IsTrim(binary.op);
    if (!keeps_meaning || binary.return_bool) evaluation->DropName(&element);
    result.push_back(std::move(element));
  }
  return result;
}

}  // namespace

Result<Steps> EvaluateBinary(Evaluation* evaluation, const BinaryExpr& binary, const Grid& grid) {
  const bool scalar_left = binary.lhs->type() == promql::ValueType::kScalar;
  const bool scalar_right = binary.rhs->type() == promql::ValueType::kScalar;
  Steps results(grid.size());
  if (scalar_left || scalar_right) {
    std::vector<double> scalars;
    if (scalar_left) scalars = TRY(evaluation->ScalarOf(*binary.lhs, grid));
    const Steps steps = TRY(evaluation->VectorOf(scalar_left ? *binary.rhs : *binary.lhs, grid));
    if (scalar_right) scalars = TRY(evaluation->ScalarOf(*binary.rhs, grid));
    for (size_t step = 0; step < grid.size(); ++step) {
      results[step] = WithScalar(evaluation, binary, steps[step], scalars[step], scalar_left);
    }
  } else {
    const Steps lhs = TRY(evaluation->VectorOf(*binary.lhs, grid));
    const Steps rhs = TRY(evaluation->VectorOf(*binary.rhs, grid));
    for (size_t step = 0; step < grid.size(); ++step) {
      results[step] = promql::IsSetOp(binary.op) ? SetOperation(binary, lhs[step], rhs[step])
                                                 : TRY(Join(evaluation, binary).Run(lhs[step], rhs[step]));
    }
  }
  RETURN_IF_ERROR(evaluation->Settle(&results));
  return results;
}

}  // namespace epi::promqlref
