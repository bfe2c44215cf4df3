// Aggregations over the elements of an instant vector.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "common/base/go_float.h"
#include "common/base/go_quote.h"
#include "common/base/str_cat.h"
#include "common/base/utf8.h"
#include "common/promql/functions/histogram_text.h"
#include "tests/support/promqlref/aggregations.h"
#include "tests/support/promqlref/totals.h"

namespace epi::promqlref {
namespace {

using promql::AggregateExpr;
using promql::AggregateOp;

Labels GroupOf(const AggregateExpr& aggregate, const Labels& labels) {
  if (!aggregate.without) return labels.Only(aggregate.grouping);
  std::vector<std::string> without = aggregate.grouping;
  without.emplace_back(labels::kMetricName);
  return labels.Without(without);
}

// In the order in which groups come up.
std::vector<Group> GroupsOf(const AggregateExpr& aggregate, const Vector& vector) {
  std::vector<Group> groups;
  std::map<Labels, size_t> known;
  for (const Element& element : vector) {
    const Labels labels = GroupOf(aggregate, element.labels);
    const auto [it, added] = known.emplace(labels, groups.size());
    if (added) groups.push_back({labels, {}});
    groups[it->second].elements.push_back(element);
  }
  return groups;
}

class Aggregator {
 public:
  Aggregator(Evaluation* evaluation, const AggregateExpr& aggregate)
      : evaluation_(evaluation), op_(aggregate.op), position_(PositionOf(*aggregate.expr)) {}

  // Nothing when the group has no result.
  std::optional<Element> Run(const Group& group, double param) const {
    Element result{group.labels, false, {}};
    for (const Element& element : group.elements) result.drop_name |= element.drop_name && Counts(element);
    if (op_ == AggregateOp::kCount || op_ == AggregateOp::kGroup) {
      result.sample = Float(op_ == AggregateOp::kGroup ? 1 : static_cast<double>(group.elements.size()));
      return result;
    }
    if (op_ == AggregateOp::kSum || op_ == AggregateOp::kAvg) {
      const std::optional<Sample> total = Total(group);
      if (!total.has_value()) return std::nullopt;
      result.sample = *total;
      return result;
    }
    const std::vector<double> values = Floats(group);
    if (values.size() < group.elements.size()) {
      evaluation_->Annotate(promql::HistogramIgnoredInAggregationInfo(OpText(op_), position_));
    }
    if (values.empty()) return std::nullopt;
    result.sample = Float(OfFloats(values, param));
    return result;
  }

 private:
  static std::vector<double> Floats(const Group& group) {
    std::vector<double> values;
    for (const Element& element : group.elements) {
      if (!element.sample.is_histogram()) values.push_back(element.sample.value);
    }
    return values;
  }
  // Of ignored elements the name does not matter either.
  bool Counts(const Element& element) const {
    const bool ignores = op_ != AggregateOp::kCount && op_ != AggregateOp::kGroup && op_ != AggregateOp::kSum && op_ != AggregateOp::kAvg;
    return !(ignores && element.sample.is_histogram());
  }

  std::optional<Sample> Total(const Group& group) const {
    const bool mean = op_ == AggregateOp::kAvg;
    const std::vector<double> values = Floats(group);
    if (values.size() == group.elements.size()) {
      if (mean) return Float(MeanOf(values));
      return Float(SumOf({values.begin() + 1, values.end()}, values.front()));
    }
    HistogramTotal total(mean);
    // Histograms after a first float are not even looked at.
    const bool float_first = !group.elements.front().sample.is_histogram();
    for (const Element& element : group.elements) {
      if (!element.sample.is_histogram() || float_first) continue;
      const bool compatible = !total.incompatible();
      total.Add(*element.sample.histogram);
      if (compatible && total.incompatible()) {
        evaluation_->Annotate(promql::MixedExponentialCustomHistogramsWarning(element.labels.metric_name(), position_));
      }
    }
    using promql::HistogramOperation;
    if (total.reconciled()) evaluation_->Annotate(promql::MismatchedCustomBucketsInfo(HistogramOperation::kAggregation, position_));
    if (!values.empty()) {
      evaluation_->Annotate(promql::MixedFloatsHistogramsAggWarning(position_));
      return std::nullopt;
    }
    if (total.incompatible()) return std::nullopt;
    if (total.collision()) {
      evaluation_->Annotate(promql::HistogramCounterResetCollisionWarning(HistogramOperation::kAggregation, position_));
    }
    return Native(total.Value());
  }

  double OfFloats(const std::vector<double>& values, double param) const {
    if (op_ == AggregateOp::kQuantile) return QuantileOf(param, values);
    double extreme = values.front();
    for (const double value : values) {
      const bool better = op_ == AggregateOp::kMax ? value > extreme : value < extreme;
      if (better || std::isnan(extreme)) extreme = value;
    }
    if (op_ == AggregateOp::kMax || op_ == AggregateOp::kMin) return extreme;
    const double variance = Variance(values);
    return op_ == AggregateOp::kStddev ? std::sqrt(variance) : variance;
  }

  static double Variance(const std::vector<double>& values) {
    double mean = values.front();
    double squares = std::isfinite(mean) ? 0 : std::numeric_limits<double>::quiet_NaN();
    for (size_t i = 1; i < values.size(); ++i) {
      const double delta = values[i] - mean;
      mean += delta / static_cast<double>(i + 1);
      squares += delta * (values[i] - mean);
    }
    return squares / static_cast<double>(values.size());
  }

  Evaluation* const evaluation_;
  const AggregateOp op_;
  const promql::PositionRange position_;
};

Result<Steps> CountValues(Evaluation* evaluation, const AggregateExpr& aggregate, const Grid& grid) {
  const std::string label = StringOf(*aggregate.param);
  if (label.empty() || !IsValidUtf8(label)) return FailedPreconditionError(StrCat("invalid label name ", GoQuote(label)));
  const Steps steps = TRY(evaluation->VectorOf(*aggregate.expr, grid));
  AggregateExpr grouping_only;
  grouping_only.without = aggregate.without;
  grouping_only.grouping = aggregate.grouping;
  if (!aggregate.without) grouping_only.grouping.push_back(label);
  Steps results(grid.size());
  for (size_t step = 0; step < grid.size(); ++step) {
    Vector labelled = steps[step];
    for (Element& element : labelled) {
      const Sample& sample = element.sample;
      labels::LabelsBuilder builder(element.labels);
      builder.Set(label, sample.is_histogram() ? promql::HistogramText(*sample.histogram) : FormatFloatF(sample.value));
      element.labels = builder.Build();
    }
    for (const Group& group : GroupsOf(grouping_only, labelled)) {
      results[step].push_back({group.labels, false, Float(static_cast<double>(group.elements.size()))});
    }
  }
  RETURN_IF_ERROR(evaluation->Settle(&results));
  return results;
}

void WarnAboutQuantiles(Evaluation* evaluation, const std::vector<double>& qs, promql::PositionRange position) {
  const auto warn = [&](double q) { evaluation->Annotate(promql::InvalidQuantileWarning(q, position)); };
  const ParamBounds bounds = BoundsOf(qs);
  if (bounds.any_nan) warn(std::numeric_limits<double>::quiet_NaN());
  if (bounds.max > 1) warn(bounds.max);
  if (bounds.min < 0) warn(bounds.min);
}

}  // namespace

ParamBounds BoundsOf(const std::vector<double>& values) {
  ParamBounds bounds{values.front(), values.front(), false};
  for (const double value : values) {
    bounds.min = GoMin(bounds.min, value);
    bounds.max = GoMax(bounds.max, value);
    bounds.any_nan |= std::isnan(value);
  }
  return bounds;
}

Result<Steps> EvaluateAggregate(Evaluation* evaluation, const AggregateExpr& aggregate, const Grid& grid) {
  if (aggregate.op == AggregateOp::kCountValues) return CountValues(evaluation, aggregate, grid);
  std::vector<double> params(grid.size());
  if (aggregate.param != nullptr) params = TRY(evaluation->ScalarOf(*aggregate.param, grid));
  const Steps steps = TRY(evaluation->VectorOf(*aggregate.expr, grid));
  if (steps.empty()) return steps;
  std::vector<std::vector<Group>> groups;
  for (const Vector& vector : steps) groups.push_back(GroupsOf(aggregate, vector));
  if (promql::HasParam(aggregate.op) && aggregate.op != AggregateOp::kQuantile) {
    return Select(evaluation, {aggregate, params, groups, steps, grid.start_ms == grid.end_ms});
  }
  if (aggregate.op == AggregateOp::kQuantile) WarnAboutQuantiles(evaluation, params, PositionOf(*aggregate.param));
  const Aggregator aggregator(evaluation, aggregate);
  Steps results(grid.size());
  std::map<Labels, bool> drop_name;  // As at the last step.
  for (size_t step = 0; step < grid.size(); ++step) {
    for (const Group& group : groups[step]) {
      std::optional<Element> result = aggregator.Run(group, params[step]);
      if (!result.has_value()) continue;
      drop_name[result->labels] = result->drop_name;
      results[step].push_back(std::move(*result));
    }
  }
  for (Vector& vector : results) {
    for (Element& element : vector) element.drop_name = drop_name[element.labels];
  }
  return results;
}

}  // namespace epi::promqlref
